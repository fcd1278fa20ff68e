#!/usr/bin/env bash
# A stand-in for kubectl where there is no cluster: writes down what it is asked, and answers as $CLUSTER says.
#
# $CLUSTER/calls: one line for each call. $CLUSTER/applied: names of what was applied, in order. $CLUSTER/job: the state that
# migrate Jobs end in. $CLUSTER/refused: an object that is not applied. $CLUSTER/stuck: a Deployment that never gets ready.
# $CLUSTER/hangs: one that takes its time to; $CLUSTER/hanging is there while it does. $CLUSTER/revisions/NAME: its revision.
set -euo pipefail

if [[ $1 == kustomize ]]; then
    exec "$REAL_KUBECTL" "$@"
fi
echo "$*" >> "$CLUSTER/calls"
[[ $1 == --namespace ]] && shift 2

# Kind and name of each object in a file: "Deployment/web".
objects() {
    awk '/^kind: / { kind = $2 } /^  name: / && !done { print kind "/" $2; done = 1 } /^---$/ { done = 0 }' "$1"
}

apply() {
    local file=${*: -1} each count
    [[ " $* " == *' --dry-run=server '* ]] && return
    while read -r each; do
        [[ $each == "$(cat "$CLUSTER/refused" 2> /dev/null)" ]] && exit 1
        echo "$each" >> "$CLUSTER/applied"
        count=$CLUSTER/revisions/${each#Deployment/}
        if [[ $each == Deployment/* ]]; then
            echo $(($(cat "$count" 2> /dev/null || echo 0) + 1)) > "$count"
        fi
    done < <(objects "$file")
}

case $1 in
    apply) apply "$@" ;;
    get)
        case $2 in
            job) cat "$CLUSTER/job" ;;
            deployment) [[ ! -e $CLUSTER/revisions/$3 ]] || echo "$3 $(cat "$CLUSTER/revisions/$3")" ;;
        esac
        ;;
    delete) rm "$CLUSTER/revisions/$3" ;;
    rollout)
        [[ $2 == undo ]] && echo "back to ${4#--to-revision=}" > "$CLUSTER/revisions/${3#deployment/}"
        if [[ $2 == status && $3 == "deployment/$(cat "$CLUSTER/hangs" 2> /dev/null)" ]]; then
            mv "$CLUSTER/hangs" "$CLUSTER/hanging"
            exec sleep 30
        fi
        if [[ $2 == status && $3 == "deployment/$(cat "$CLUSTER/stuck" 2> /dev/null)" ]]; then
            rm "$CLUSTER/stuck"
            echo "error: timed out waiting for the condition" >&2
            exit 1
        fi
        ;;
esac
exit 0
