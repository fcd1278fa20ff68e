#!/bin/sh
# Make a base image out of Debian's own packages, for machines that reach a Debian mirror and no image registry.
# Needs root, podman and debootstrap. Usage: tests/image/base.sh NAME, e.g. docker.io/library/python:3.13-slim
set -eu
name=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates trixie "$work/root"
for link in python python3; do ln -sf /usr/bin/python3 "$work/root/usr/local/bin/$link"; done
rm -f "$work"/root/usr/lib/python3.*/EXTERNALLY-MANAGED
rm -rf "$work"/root/var/cache/apt/* "$work"/root/var/lib/apt/lists/* "$work"/root/usr/share/doc/*
tar -C "$work/root" -c . | podman import - "$name"
