#!/usr/bin/env bash
# The whole loop on the bundled samples: no key, no GPU, no model hub. Called by `make demo`.
set -euo pipefail

home=$(cd "$(dirname "$0")/.." && pwd)
samples=$home/data/samples
export HF_HUB_OFFLINE=1

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; "$@"; }

rm -rf "$1"
say curate init "$1"
cd "$1"
say curate ingest "$samples/faq.md" "$samples/faq_billing.csv" "$samples/slack"
say synth run
say curate dedup
say curate review policy
say curate split
say train run --name first
say evaluate run first
say evaluate report first
say curate status

cat <<END

The report: $PWD/reports/first.html  (open it in a browser)

On your own data you would type:
  curate init helpdesk && cd helpdesk
  curate ingest ../docs/faq.md ../slack-export.zip
  synth run && curate dedup && curate review policy && curate split
  train run
  evaluate run && evaluate report
END
