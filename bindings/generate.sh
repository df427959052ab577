#!/bin/sh
# Generates bindings/generated and generated.sha256 from the headers, by bindings.table.
#
#   bindings/generate.sh           writes both
#   bindings/generate.sh --check   generates into a scratch folder and compares; 1 if they differ
#
# Needs jextract on the PATH. The result does not depend on the machine: headers are parsed without
# any system header and for a named target, so macOS is generated on Linux and the other way round.
set -eu
export LC_ALL=C

root='io.coldframe.bindings.generated'
here=$(cd "$(dirname "$0")" && pwd -P)

fail() {
    echo "generate.sh: $*" >&2
    exit 1
}

# jextract's launcher finds its run-time image beside itself, so a symbolic link must be resolved.
jextract=$(command -v jextract) \
    || fail "jextract is not on the PATH (https://jdk.java.net/jextract)"
jextract=$(readlink -f "$jextract")

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

triple() {
    case $1 in
        linux-x64) echo x86_64-unknown-linux-gnu ;;
        linux-arm64) echo aarch64-unknown-linux-gnu ;;
        macos) echo arm64-apple-macos15 ;;
        *) fail "unknown target in bindings.table: $1" ;;
    esac
}

# extract <folder> <target> <package> <class> <header> <symbols>
extract() {
    mkdir -p "$1" "$scratch/$2"
    # The only way to hand options to jextract's clang: a file of this name in the current folder.
    printf '%s\n' -target "$(triple "$2")" -nostdinc >"$scratch/$2/compile_flags.txt"
    (cd "$scratch/$2" && "$jextract" "@$here/$6.symbols" --output "$1" \
        --target-package "$root.$3" --header-class-name "$4" "$here/headers/$5") \
        || fail "jextract failed on headers/$5 for $2"
    # A name in the symbols file that the header lacks is ignored by jextract, but not by us.
    find "$1" -name '*.java' -exec sed -nE \
        's/^ *(public |private )?(static )?.* ([A-Za-z_0-9]+)(\(.*\))? \{$/\3/p' {} + \
        | sort -u >"$scratch/declared"
    sed 's/.* //' "$here/$6.symbols" | sort -u | comm -23 - "$scratch/declared" >"$scratch/lost"
    [ ! -s "$scratch/lost" ] \
        || fail "headers/$5 lacks for $2 what $6.symbols names: $(tr '\n' ' ' <"$scratch/lost")"
}

generate() { # into the folder $1
    grep -v '^#' "$here/bindings.table" | while read -r package class target header symbols; do
        [ -n "$package" ] || continue
        echo "  $package.$class  ($header for $target)"
        if [ "$target" = linux ]; then
            rm -rf "$scratch/one" "$scratch/other"
            extract "$scratch/one" linux-x64 "$package" "$class" "$header" "$symbols"
            extract "$scratch/other" linux-arm64 "$package" "$class" "$header" "$symbols"
            diff -r "$scratch/one" "$scratch/other" >&2 \
                || fail "$header differs between x86-64 and arm64: give $symbols a line for each"
            cp -R "$scratch/one/." "$1/"
        else
            extract "$1" "$target" "$package" "$class" "$header" "$symbols"
        fi
    done
    # findOrThrow came with JDK 23; the project compiles for 22.
    find "$1" -name '*.java' | while read -r file; do
        sed -E 's/\.findOrThrow\(("[^"]*"|[A-Za-z_]+)\)/.find(\1).orElseThrow()/' "$file" \
            >"$scratch/edited"
        cat "$scratch/edited" >"$file"
    done
}

sums() { # of the folder $1, as lines of: sum, two blanks, path from the folder's parent
    (cd "$1/.." && find "$(basename "$1")" -name '*.java' | sort | while read -r file; do
        if command -v sha256sum >/dev/null; then sha256sum "$file"; else shasum -a 256 "$file"; fi
    done)
}

"$jextract" --version | sed 's/^/  /'
mkdir "$scratch/generated"
generate "$scratch/generated"
sums "$scratch/generated" >"$scratch/generated.sha256"

if [ "${1-}" = --check ]; then
    diff -r "$scratch/generated" "$here/generated" >&2 && diff "$scratch/generated.sha256" \
        "$here/generated.sha256" >&2 || fail "bindings/generated is not what the headers give"
    echo "bindings/generated is what the headers give"
else
    rm -rf "$here/generated"
    cp -R "$scratch/generated" "$here/generated"
    cp "$scratch/generated.sha256" "$here/generated.sha256"
fi
