# The sandbox: WhatsApp and Paynow for trials. Never beside real money.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE}
WORKDIR /app
ENV PYTHONUNBUFFERED=1 PYTHONPATH=/app
RUN python3 -m venv /venv
COPY requirements-sandbox.lock ./
RUN /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-sandbox.lock
COPY shared shared
COPY sandbox sandbox
RUN useradd --system --uid 10001 --no-create-home ruvimbo
USER 10001
EXPOSE 8020
CMD ["/venv/bin/python", "-m", "sandbox"]
