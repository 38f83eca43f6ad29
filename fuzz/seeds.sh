#!/bin/sh
# Writes the committed seeds of bytes, record, stun, rtp and rtcp into corpus/. Run it after changing a line here.
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
