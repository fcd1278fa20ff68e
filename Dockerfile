# One image, one argument: web (the default), relay, worker, migrate, cron, wait. See config/__main__.py.
#
# The base comes through one argument, so that a release can name it by digest and a build without a registry can bring its
# own: --build-arg PYTHON_IMAGE=docker.io/library/python:3.13-slim@sha256:... (docs/deploy/image.md says where to read it).
# Nothing in here depends on the processor: docker buildx build --platform linux/amd64,linux/arm64 makes both.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim

# hadolint ignore=DL3006 -- the tag or digest is in the argument
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1 \
    PYTHONHASHSEED=0 DJANGO_SETTINGS_MODULE=config.settings PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.txt ./
# Wheels only: nothing is compiled, so the build needs no compiler. The hashes make a changed package an error.
RUN python -m venv --without-pip /opt/venv \
 && /usr/local/bin/python -m pip --python /opt/venv/bin/python install --no-compile --only-binary=:all: --require-hashes \
        -r requirements.txt
COPY manage.py ./
COPY config config
COPY shop shop
# Hashed, compressed static files: no secret, no database, no network; the settings only have to be readable. Left out are those
# of pages that the store does not have; maps of scripts are for their authors; names without a hash are hardly asked for.
RUN SECRET_KEY=for-this-step-only DATABASE_URL=postgres://nobody@localhost/none \
    python manage.py collectstatic --noinput --verbosity=0 --ignore=rest_framework --ignore=flags \
 && find staticfiles -name '*.map*' -delete \
 && find staticfiles -regextype posix-extended -regex '.*\.(gz|br)' ! -regex '.*\.[0-9a-f]{12}\..*' -delete \
 && rm requirements.txt
# What the store never reads goes. The rest is compiled, since a pod cannot write bytecode later: the store's own code beside its
# source, packages and standard library in place of it, which is a fifth of the image; a traceback still says file and line.
# "unchecked", because no source changes there. One file at a time, so that what is written depends on nothing else. The check
# at the end imports what the pages need: what was taken away and is needed ends the build.
COPY image /image
RUN SECRET_KEY=for-this-step-only DATABASE_URL=postgres://nobody@localhost/none python /image/trim.py /opt/venv \
 && python /image/runtime.py /opt/venv /runtime \
 && python -m compileall -q --invalidation-mode unchecked-hash /app/config /app/shop \
 && python -m compileall -q -b --invalidation-mode unchecked-hash /opt/venv/lib \
 && python -m compileall -q -b --invalidation-mode unchecked-hash -s /runtime /runtime \
 && find /opt/venv/lib /runtime -name '*.py' -delete \
 && find /opt/venv/bin -type f -delete \
 && SECRET_KEY=for-this-step-only DATABASE_URL=postgres://nobody@localhost/none python -W ignore manage.py check --tag urls

# The pod: Python, its libraries, the packages, the store. No shell, no package manager, nothing to install with. Root owns
# everything, and the user below can change nothing.
FROM scratch AS pod
COPY --from=build /runtime /
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# HOME: some libraries look there for files of their own; a pod's only writable place is /tmp, in memory.
# PYTHONWARNINGS: a warning is for developers, whose tests show it; here it would be a line of the log that is not JSON.
# RES_OPTIONS: no time-out of a connection bounds the look-up of its name, which a silent name server would hold for 20 s.
# SSL_CERT_FILE: libraries that bring an OpenSSL of their own would look for certificates where it was built.
ENV PATH=/opt/venv/bin HOME=/tmp LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt RES_OPTIONS="timeout:1 attempts:2" DJANGO_SETTINGS_MODULE=config.settings
# Fargate makes a task's volume in here writable for whoever /tmp is writable for in the image; elsewhere it is mounted over.
VOLUME ["/tmp"]
# A number, because the kubelet cannot tell whether a name is root.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "config"]
CMD ["web"]
ARG VERSION=dev
ARG REVISION=unknown
ENV RELEASE=${VERSION}
LABEL org.opencontainers.image.title="Tessel" \
      org.opencontainers.image.description="A Django store that any pod can serve" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
