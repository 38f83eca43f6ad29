#!/bin/sh
# Writes the committed seeds of bytes, record, live, stun, rtp, rtcp, tcp, peer, kept, local and keyfile into corpus/. Run
# it after changing a line here.
set -eu
cd "$(dirname "$0")/corpus"
seed() { # file, hex
  mkdir -p "$(dirname "$1")"
  printf '%s' "$2" | tr -d ' \n' | perl -ne 'print pack "H*", $_' >"$1"
}
text() { # file, hex of the first byte, text
  seed "$1" "$2$(printf '%s' "$3" | od -An -v -tx1 | tr -d ' \n')"
}
many() { # n, hex: so many times
  i=0
  while [ "$i" -lt "$1" ]; do printf '%s' "$2"; i=$((i + 1)); done
}
id() { many 16 "$1"; }
key() { many 32 "$1"; }
sig=$(many 64 5a)
time=000001a20c23c300

# The first byte chooses: 0 record, 1 leaf, 2 key header.
seed record/founder "00 01 $(key 11) $(key 22) $(key 33) $time $sig $sig $sig"
seed record/invite "00 02 $(id 44) $(id 55) $(key 66) $time $time $sig"
seed record/redeem "00 03 $(key 66) $(key 77) $(key 88) $time $sig $sig $sig"
seed record/ban "00 07 $(id 44) $(id 55) $(id 99) $time $sig"
seed record/unban "00 08 $(id 44) $(id 55) $(id 99) $time $sig"
seed record/invite-revoke "00 09 $(id 44) $(id 55) $(key 66) $time $sig"
seed record/leaf "01 01 01 $(id aa) $(id 44) $(id 55) $(key bb) $(id cc) 03 $(key dd) $time $sig"
seed record/header "02 01 01 $(id aa) 00000001 00000001 00000000 $(key 00) $(key ee) 00000003 $(key ff) \
  0000000000000004 $(key 12) $(key 34) $time $(id 44) $(id 55) $sig"

# The first byte chooses: 0 heartbeat, 1 frame tags, 2 pattern, 3 release.
seed live/heartbeat "00 01 $(id aa) $(key bb) $time $(id 44) $(id 55) $sig"
seed live/heartbeat-longer "00 01 $(id aa) $(key bb) $time $(id 44) $(id 55) $sig 00"
seed live/tags-longer "01 01 $(id aa) 00000003 02 0000000000000100 01 0102030405060708 $sig 00"
seed live/release-longer "03 01 $(id aa) $(id 44) $(id 55) 0000 $sig 00"
seed live/tags "01 01 $(id aa) 00000003 02 0000000000000100 03 $(many 3 0102030405060708) $sig"
seed live/tags-none "01 01 $(id aa) 00000003 02 0000000000000100 00 $sig"
seed live/pattern "02 01 $(id aa) $(id 44) $(id 55) $(id 66) $(key 77) 02 $(many 2 "01 $(id 88) $(many 80 99)") $sig"
seed live/pattern-one "02 01 $(id aa) $(id 44) $(id 55) $(id 66) $(key 77) 01 01 $(id 88) $(many 80 99) $sig"
seed live/release "03 01 $(id aa) $(id 44) $(id 55) 0002 $(many 2 "$(id 66) $(id 77) 01 $(key 88)") $sig"
seed live/release-none "03 01 $(id aa) $(id 44) $(id 55) 0000 $sig"

# RFC 5769, and what Chromium sends.
start='2112a442 b7e7a701bc34d686fa87dfae'
seed stun/rfc5769-request "00010058 $start 80220010 5354554e207465737420636c69656e74 00240004 6e0001ff
  80290008 932ff9b151263b36 00060009 6576746a3a68367659202020
  00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf"
seed stun/rfc5769-ipv4 "0101003c $start 8022000b 7465737420766563746f7220 00200008 0001a147e112a643
  00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96"
seed stun/rfc5769-ipv6 "01010048 $start 8022000b 7465737420766563746f7220
  00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c"
seed stun/nominating "00010040 $start 00060009 6576746a3a68367659000000 c0570004 000003e7 802a0008 0102030405060708
  00250000 00240004 6e7f1eff 7ffe0004 00000000"
seed stun/empty "00110000 $start"

# RTP: plain, an audio level in each form, CSRCs, padding.
fixed='6f 1234 00010203 aabbccdd'
seed rtp/opus "80 $fixed 78 80 cafebabe"
seed rtp/one-byte "90 $fixed bede0002 10a3 2200 112233 00 cafebabe"
seed rtp/two-byte "90 $fixed 10000002 0101 85 00 0200 0300 cafebabe"
seed rtp/csrcs "92 $fixed 11111111 22222222 bede0001 10230000 cafe"
seed rtp/padding "b0 $fixed bede0001 10ff0000 00000004"
seed rtp/reserved-ids "90 $fixed bede0002 f0001005 01001005"

# RTCP: a browser's compound packets.
block='22222222 40 fffffe 00010203 00000007 aabbccdd 00010000'
sender='11111111 0102030405060708 00bb8000 00000064 00004e20'
seed rtcp/sender "81c8000c $sender $block 81ca0003 11111111 01026162 00000000"
seed rtcp/receiver "82c9000d 33333333 $block $block"
seed rtcp/feedback "80c90001 33333333 8fcd0005 33333333 22222222 00010002 00000100 20010000"
seed rtcp/nack "80c90001 33333333 81cd0004 33333333 22222222 1234 8001 2000 0000"
seed rtcp/remb "81c90007 33333333 $block 8fce0005 33333333 00000000 52454d42 01130000 22222222"
seed rtcp/bye "80c90001 33333333 81cb0001 33333333"
seed rtcp/padded "a1cb0002 33333333 00000004"
seed rtcp/xr "80c90001 33333333 80cf0004 33333333 04000002 0102030405060708"

# The first byte chooses: 0 cursors, 1 base64url, 2 text.
seed bytes/fields "00 0001020304 2d 3631 0708 04 05 06 01 02 03 00 ff"
seed bytes/skip "00 07 0f ff 00"
text bytes/b64 01 AVTATZeKOwnY-6y7Log6t3J1YJh0-fHa2ckvppgtt6Eq9Lcj7ZHSUPJFrjK8FeYcNN-rIXQ
text bytes/b64-two 01 Zm8
text bytes/b64-tail 01 Zh
text bytes/name 02 'Nguyễn Văn A'
text bytes/emoji 02 '👩‍👩‍👧 🎧'
text bytes/arabic 02 'محمد'
seed bytes/overlong "02 c080"
seed bytes/override "02 61 e280ae 62"
seed bytes/invisible "02 e2808b"

# How many datagrams to ask for at a time, how many sizes of pieces, the sizes (0: the rest), then frames.
check="0014 00010000 $start"
media="0008 8001020304050607"
seed tcp/whole "07 00 $check $media $media"
seed tcp/bytes "00 01 01 $check $media 0000 $media"
seed tcp/pieces "02 03 05 11 00 $check $(many 20 "$media")"
seed tcp/empty-first "07 01 03 0000 0000 $check"
seed tcp/no-check "07 00 $media"
seed tcp/stranger "07 00 4745 54202f20485454502f312e310d0a0d0a"
seed tcp/too-long "07 01 20 $check $media 05dd 80"
seed tcp/longest "03 01 fd $check 05dc $(many 1500 80) $media"
seed tcp/cut-off "07 01 02 $check 0100 8001"
seed tcp/long-and-more "01 01 fd $check 05dc $(many 1500 80) $(many 60 "$media")"

# Scripts of fuzz_peer.c: its events by name, each with whose it is (0 to 3) and its argument in hex; =hex is bytes.
events="join check hello say deliver_one flush wait deliver_copy lose spoil rebind speak path renew drop add nack twin
  sender_report raw close_notify say_again say_anything report_anything flush_again rebind_again elsewhere"
script() { # file, words
  hex=
  for word in $2; do
    case "$word" in =*) hex="$hex${word#=}"; continue ;; esac
    event=${word%%:*} rest=${word#*:} n=0
    for e in $events; do [ "$e" = "$event" ] && break; n=$((n + 1)); done
    hex="$hex$(printf '%02x%s' $((n * 4 + ${rest%%:*})) "${rest#*:}")"
  done
  seed "peer/$1" "$hex"
}
two='join:0:00 join:1:00'
script talk "$two join:2:00 join:3:00 say:0:10 say:1:20 flush:0:00 say:0:10 say:0:90 say:3:11 flush:0:00 wait:0:40 flush:0:00"
script again "$two say:0:10 say:0:10 lose:0:01 flush:0:00 nack:1:08 nack:1:0c flush:0:00 sender_report:0:00 flush:0:00 wait:0:50 flush:0:00"
script twin "$two twin:0:03 say:0:10 say:0:90 flush:0:00 say:0:10 say:0:90 deliver_one:0:01 flush:0:00 twin:0:00 say:0:10 flush:0:00"
script by-hand "add:0:00 check:0:01 deliver_one:0:00 deliver_one:0:00 hello:0:00 deliver_one:0:00 deliver_copy:0:00 deliver_one:0:00 deliver_one:0:00 deliver_one:0:00 deliver_one:0:00 say:0:10 flush:0:00"
script lossy "add:0:00 check:0:01 lose:0:00 check:0:01 flush:0:00 hello:0:00 lose:0:00 hello:0:00 deliver_one:0:00 lose:0:00 wait:0:18 flush:0:00 wait:0:20 flush:0:00"
script moves "$two rebind:0:08 say:0:10 flush:0:00 check:0:01 flush:0:00 say:0:10 flush:0:00 rebind:1:08 check:1:01 flush:0:00 rebind:0:09 check:0:00 flush:0:00 wait:0:70 check:0:00 flush:0:00"
script path "$two path:0:00 rebind:0:07 renew:0:03 flush:0:00 say:0:10 flush:0:00 check:0:01 flush:0:00 path:1:00 path:1:00 renew:1:00 flush:0:00 wait:1:f8 renew:1:01 flush:0:00"
script silent "$two say:0:10 flush:0:00 wait:0:ff say:1:10 flush:0:00 join:0:00"
script closed "$two close_notify:0:00 flush:0:00 join:0:00 drop:1:00 join:1:00 say:1:10 flush:0:00"
script impostor "join:1:00 add:0:01 check:0:01 flush:0:00 hello:0:00 flush:0:00 add:2:00 check:2:01 flush:0:00 wait:2:a0 check:2:01 flush:0:00 wait:2:a0 check:2:01 flush:0:00 wait:2:e0 flush:0:00"
script muted "$two speak:0:00 say:0:10 flush:0:00 speak:0:01 say:0:10 flush:0:00 say:0:10 speak:0:00 flush:0:00"
script spoiled "$two check:0:01 spoil:0:00 =000801 flush:0:00 say:0:10 spoil:0:00 =001401 flush:0:00 say:0:10 elsewhere:0:05 flush:0:00 hello:0:00 spoil:0:00 =001a40 flush:0:00 raw:0:04 =14fefd00 flush:0:00"
script sealed "$two say_anything:0:08 =306fbede00011020cafe flush:0:00 say_anything:0:0c =226f0000000100000002aabbccdd report_anything:0:08 =01050003000010000102ffff report_anything:0:04 =20020001000000ff flush:0:00"
script two-hellos "$two hello:0:00 flush:0:00 say:0:10 flush:0:00 say:1:10 flush:0:00"

# Rows of fuzz_kept.c: kind, whose, which, about whom, and what the kind has. 0 founder, 1 admin, 2 tom, 3 zoe, 4 ann.
words() { # text, with its length
  printf '%04x%s' "$(printf '%s' "$1" | wc -c)" "$(printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n')"
}
bytes() { # hex, with its length
  hex=$(printf '%s' "$1" | tr -d ' \n')
  printf '%04x%s' $((${#hex} / 2)) "$hex"
}
none=$(id 00)
seed kept/nothing ""
seed kept/lookups "08 02 00 00 5000 0028 08 03 00 00 5000 00c8"
seed kept/alerts "09 00 00 02 0001 01 5000 0002 07 5000 0003 02 6000"
seed kept/alerts-two-of-a-number "09 00 00 02 0001 01 5000 0001 07 5000 0003 02 6000"
seed kept/profile "00 02 00 00 $(words Tom) $(words tom) $(words Here) $(bytes ffd8ffe0)"
seed kept/nobody "00 63 00 00 $(words Tom) $(words '') $(words '') $(words '')"
seed kept/passkeys "01 03 00 00 02 $(words a) $(words b) $(words c) $(words d)"
seed kept/follow-block "02 02 03 03 5000 $(words '') 03 04 02 02 5000 $(words '') 02 02 03 03 6000 $(words '')"
seed kept/event "04 02 80 00 5000 $(bytes "000001a20c63c300 00 00 0004 4a617a7a")"
seed kept/event-not-ours "04 02 80 00 5000 $(bytes 00)"
seed kept/event-no-text "04 02 80 00 5000 $(bytes "000001a20c63c300 00 00 0004 4a61ff7a")"
seed kept/ledger-no-text "06 00 90 00 01 5000 0000 0000 $(bytes "$(key 5c) 4ac3")"
seed kept/report "05 04 81 02 5000 $(bytes "00 01 $(id 44) $(id 55) $(id 66) $none 04 $time 0001 61 0000 $sig")"
seed kept/report-untrue "05 04 81 02 5000 $(bytes 01)"
seed kept/ledger "06 00 90 00 01 5000 0000 0000 $(bytes "$(key 5c) 4a617a7a") 06 00 90 02 02 5000 6000 0000 $(words '') \
  06 00 90 02 03 5000 0000 0000 $(bytes 01) 06 00 90 02 04 5000 0000 0007 $(bytes "$(id 66)")"
seed kept/span-of-nothing "06 00 90 00 01 5000 0000 0000 $(bytes "$(key 5c)") 06 00 90 02 04 5000 0000 0007 $(words '')"
seed kept/ledger-headless "06 00 90 02 02 5000 6000 0000 $(words '')"
tom=$(printf '%s' 1pFt2Y2UuB63XEYpjqdBbg== | tr -- -_ +/ | base64 -d | od -An -v -tx1 | tr -d ' \n')
ann=$(printf '%s' w5sNzdTz7SssVcdPdyzsjg== | tr -- -_ +/ | base64 -d | od -An -v -tx1 | tr -d ' \n')
seed kept/room "07 00 a0 00 $(bytes "01 $tom $time 05 00 00 00000007 0000 0001 $ann 0001 $ann 0000 0002 \
  $tom 00000001 02 01 0000000000000000 $ann 00000002 00 00 $time")"
seed kept/room-picked "07 00 a0 00 $(bytes "01 $tom $time 00 01 01 00000001 0001 $ann 0000 0000 0000 0000")"
seed kept/room-twice "07 00 a0 00 $(bytes "01 $tom $time 00 00 00 00000001 0000 0000 0000 0000 0002 \
  $tom 00000001 02 01 0000000000000000 $tom 00000002 02 01 0000000000000000")"
seed kept/room-future "07 00 a0 00 $(bytes "02 $tom $time")"

# Pieces of fuzz_local.c.
seed local/lines "08 $(printf '{"id":1}' | od -An -v -tx1) 01 0a 05 7b7d0a0a7b 03 7d0a0a"
seed local/bytes "01 61 01 62 01 0a 01 0a 01 63 01 0a"
seed local/no-end "03 616263"
seed local/long "02 610a ff ff ff ff ff 01 0a 02 620a"
seed local/long-cut "ff ff ff ff 05 61 62 0a 63 0a"
seed local/nearly "ff ff ff ff 01 0a 02 620a"
seed local/nothing ""
seed keyfile/good "$(printf APCONS01 | od -An -v -tx1) $(id 44) $(key 5e)"
seed keyfile/longer "$(printf APCONS01 | od -An -v -tx1) $(id 44) $(key 5e) 00"
seed keyfile/other "$(printf APCONS02 | od -An -v -tx1) $(id 44) $(key 5e)"
seed keyfile/empty ""
