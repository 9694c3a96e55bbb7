"""The shop's front page: it counts baskets in the cache, and orders in the database."""
import os

import flask
import psycopg2
import redis

app = flask.Flask("shop")
cache = redis.Redis.from_url(os.environ["CACHE"])


@app.get("/")
def front():
    with psycopg2.connect(os.environ["DATABASE"]) as database, database.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, what text)")
        cursor.execute("SELECT count(*) FROM orders")
        orders = cursor.fetchone()[0]
    return {
        "shop": os.environ["SHOP"],
        "banner": os.environ.get("BANNER"),
        "orders": orders,
        "visits": cache.incr("visits"),
    }
