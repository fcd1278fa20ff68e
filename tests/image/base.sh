#!/bin/sh
# Make a base image out of Debian's own packages, for machines that reach a Debian mirror and no image registry.
# Needs root, podman and debootstrap. Usage: tests/image/base.sh NAME, e.g. docker.io/library/python:3.13-slim
set -eu
name=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates trixie "$work/rootfs"
for link in python python3; do ln -sf /usr/bin/python3 "$work/rootfs/usr/local/bin/$link"; done
rm -f "$work"/rootfs/usr/lib/python3.*/EXTERNALLY-MANAGED
rm -rf "$work"/rootfs/var/cache/apt/* "$work"/rootfs/var/lib/apt/lists/* "$work"/rootfs/usr/share/doc/*
tar -C "$work/rootfs" -c . | podman import - "$name"
