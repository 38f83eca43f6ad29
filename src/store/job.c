/* What a job asks of a row. */
#include "store/queue.h"

enum err store_job_run(const struct store_row *row, struct store *s, const struct store_job *job)
{
    switch (job->kind) {
    case STORE_APPEND:
        return row->append(s, &job->append.entry, &job->append.also);
    case STORE_PROFILE:
        return row->set_profile(s, &job->profile);
    case STORE_PASSKEYS:
        return row->set_passkeys(s, job->passkeys.account, job->passkeys.list, job->passkeys.count);
    case STORE_SET_SLIP:
        return row->set_slip(s, &job->slip);
    case STORE_DROP_SLIP:
        return row->drop_slip(s, &job->slip);
    case STORE_LEDGER:
        return row->put_ledger(s, job->ledger.rows, job->ledger.count);
    case STORE_ERASE:
        return row->erase_ledger(s, job->before_ms);
    case STORE_ROOMS:
        return row->put_rooms(s, job->rooms.list, job->rooms.count);
    case STORE_LOOKUPS:
        return row->set_lookups(s, &job->lookups);
    case STORE_ALERTS:
        return row->set_alerts(s, (const void *)job->alerts.list.ptr,
                               job->alerts.list.len / sizeof(struct alert));
    }
    return ERR_SYSTEM;
}
