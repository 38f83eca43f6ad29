# Reads src/base/limits.h and writes the table behind base/bounds.h: every bound once, its value left to the compiler.
# A line of the enum is a part's title or one bound; anything else ends the build, so that none is passed over.
BEGIN {
    print "#include \"base/bounds.h\"\n\n#include \"base/limits.h\"\n\nconst struct bound bounds[] = {"
}
/^enum \{$/ { inside = 1; next }
/^};$/ { inside = 0 }
!inside || /^$/ { next }
/^    \/\* .* \*\/$/ {
    part = $0
    gsub(/^ *\/\* | \*\/$/, "", part)
    next
}
/^    LIMIT_[A-Z0-9_]+ = [^;",]+,( *\/\* .* \*\/)?$/ {
    what = $0
    if (!sub(/^[^\/]*\/\* /, "", what)) what = ""
    sub(/ \*\/$/, "", what)
    gsub(/[\\"]/, "\\\\&", what)
    printf "    {\"%s\", %s, \"%s\", \"%s\"},\n", $1, $1, part, what
    next
}
{
    printf "%s:%d: neither a title nor one bound\n", FILENAME, FNR > "/dev/stderr"
    bad = 1
    exit
}
END {
    print "};\nconst size_t bound_count = sizeof bounds / sizeof *bounds;"
    exit bad
}
