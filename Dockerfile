# The server, on its embedded default. Two stages, so that the image has no compiler, no
# Node.js and no pip cache.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
WORKDIR /src
COPY requirements-server.lock .
RUN /venv/bin/pip install --no-deps --require-hashes -r requirements-server.lock
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY shared shared
COPY client client
COPY server server
RUN cd client/browser && npm ci --no-audit --no-fund \
    && PYTHONPATH=/src/shared:/src/client /venv/bin/python build.py
RUN /venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/venv/bin:$PATH \
    TRAILMARK_SERVER_DATA=/data
# The number, not a name: orchestrators that demand a non-root user can check a number.
RUN install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /venv /venv
USER 10001:10001
VOLUME /data
EXPOSE 8740
ENTRYPOINT ["trailmark-server"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8740"]
