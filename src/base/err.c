#include "base/err.h"

const char *err_code(enum err e)
{
    switch (e) {
#define X(name, code, wire, sentence)                                                                        \
    case name:                                                                                               \
        return wire;
        ERR_TABLE(X)
#undef X
    }
    return "internal"; /* a value that was never in the table */
}

const char *err_sentence(enum err e)
{
    switch (e) {
#define X(name, code, wire, sentence)                                                                        \
    case name:                                                                                               \
        return sentence;
        ERR_TABLE(X)
#undef X
    }
    return "Something went wrong on the server.";
}
