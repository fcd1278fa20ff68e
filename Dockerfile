# One image, one argument: web (the default), relay, worker, migrate, cron, wait. See config/__main__.py.
#
# The base comes through one argument, so that a release can name it by digest and a build without a registry can bring its
# own: --build-arg PYTHON_IMAGE=docker.io/library/python:3.13-slim@sha256:... (docs/deploy/image.md says where to read it).
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim

# hadolint ignore=DL3006 -- the tag or digest is in the argument
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt ./
# Wheels only: nothing is compiled, so the build needs no compiler. The hashes make a changed package an error.
# Left out: descriptions of AWS services that the store does not call, and the sources of translations.
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python install --no-compile --only-binary=:all: --require-hashes -r requirements.txt \
 && find /opt/venv/lib/python3*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d -not -name s3 -not -name sqs \
        -not -name sns -not -name sts -not -name secretsmanager -exec rm -rf {} + \
 && find /opt/venv -name '*.po' -delete
COPY manage.py ./
COPY config config
COPY shop shop
ENV PATH=/opt/venv/bin:$PATH
# Hashed, compressed static files: no secret, no database, no network; the settings only have to be readable. Their
# sources in the packages are not needed any more. Then bytecode,
# which a pod cannot write later; "unchecked" because its source cannot change there either.
RUN SECRET_KEY=for-this-step-only DATABASE_URL=postgres://nobody@localhost/none \
    python manage.py collectstatic --noinput --verbosity=0 \
 && rm -rf /opt/venv/lib/python3*/site-packages/*/static /opt/venv/lib/python3*/site-packages/django/contrib/*/static \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib /app/config /app/shop

# hadolint ignore=DL3006
FROM ${PYTHON_IMAGE} AS pod
# What installs packages has no place in a pod. Root owns everything; the user below can change nothing.
RUN find /usr -xdev -type d \( -name pip -o -name 'pip-*' -o -name setuptools -o -name 'setuptools-*' -o -name ensurepip \
        -o -name wheel -o -name 'wheel-*' \) -path '*/python3*' -prune -exec rm -rf {} + \
 && rm -f /usr/bin/pip* /usr/local/bin/pip* \
 && groupadd --gid 10001 shop \
 && useradd --no-log-init --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin shop
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
# HOME: some libraries look there for files of their own; a pod's only writable place is /tmp, in memory.
# PYTHONWARNINGS: a warning is for developers, whose tests show it; here it would be a line of the log that is not JSON.
ENV PATH=/opt/venv/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore \
    DJANGO_SETTINGS_MODULE=config.settings
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
