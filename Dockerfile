# The site, the worker and the beat: one image, three commands (see compose.yaml). Configured by environment only.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 DATA_DIR=/data
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes --requirement requirements/base.txt

COPY manage.py ./
COPY static static
COPY templates templates
COPY kit kit
COPY accounts accounts
COPY subscriptions subscriptions
COPY articles articles
COPY editorial editorial
COPY newsletters newsletters
COPY eir eir

RUN useradd --system --uid 1000 eir && install -d -o eir -g eir /data
USER eir
VOLUME /data
EXPOSE 8000

# Static files are collected at start, when the environment is known; the database is migrated by `release`.
CMD ["sh", "-c", "python manage.py collectstatic --no-input --verbosity 0 && exec granian --interface wsgi --host 0.0.0.0 --port 8000 --workers ${WEB_WORKERS:-2} --blocking-threads ${WEB_THREADS:-8} eir.wsgi:application"]
