// PostgreSQL 15: a table for each place.  A mover's step is one statement, so one transaction and one synced WAL record:
// DELETE … RETURNING feeds an INSERT inside the server, and records do not even travel to the mover.  One worker
// takes by id range over the primary key; several take what others have not locked (SKIP LOCKED), so that their commits
// share syncs.  Statements are prepared; the server has large buffers, no checkpoint during a run, and eager
// vacuum (peers.py).  Durable: synchronous_commit = on, fdatasync before every commit returns.
#include "peer.h"

#include <arpa/inet.h>
#include <endian.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define sweep_every 256 // steps of a mover among several, then one that looks from the beginning

struct connection {
	PGconn *pg;
	const struct peer_job *job;
	uint8_t *records;
	uint64_t steps;
};

static PGconn *session(const struct peer_job *job)
{
	char options[600];
	snprintf(options, sizeof options, "host=%s dbname=postgres user=postgres", job->where);
	PGconn *pg = PQconnectdb(options);
	if (PQstatus(pg) != CONNECTION_OK)
		peer_fail("connect", PQerrorMessage(pg));
	return pg;
}

static unsigned run(PGconn *pg, PGresult *result)
{
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		peer_fail("statement", PQerrorMessage(pg));
	unsigned rows = (unsigned)strtoul(PQcmdTuples(result), NULL, 10);
	PQclear(result);
	return rows;
}

static void prepare(const struct peer_job *job)
{
	PGconn *pg = session(job);
	for (unsigned place = 1; place <= job->hops; place++) {
		char text[300];
		snprintf(text, sizeof text,
			 "DROP TABLE IF EXISTS place%u; CREATE TABLE place%u (id bigint PRIMARY KEY, record bytea NOT NULL);"
			 " ALTER TABLE place%u ALTER record SET STORAGE PLAIN",
			 place, place, place);
		run(pg, PQexec(pg, text));
	}
	PQfinish(pg);
}

static void *connection_new(const struct peer_job *job, unsigned place)
{
	struct connection *c = calloc(1, sizeof *c);
	char text[600];

	if (!c || !(c->records = malloc((size_t)job->batch * job->size)))
		peer_fail("memory", "none");
	c->pg = session(job);
	c->job = job;
	if (place == 0)
		snprintf(text, sizeof text,
			 "INSERT INTO place1 SELECT $1::bigint + i, substring($2::bytea FROM i * %u + 1 FOR %u)"
			 " FROM generate_series(0, $3::int - 1) i",
			 job->size, job->size);
	else if (job->workers == 1)
		snprintf(text, sizeof text,
			 "WITH gone AS (DELETE FROM place%u WHERE id >= $1::bigint AND id < $2::bigint RETURNING id, record)"
			 " INSERT INTO place%u SELECT id, record FROM gone",
			 place, place + 1);
	else
		snprintf(text, sizeof text,
			 "WITH gone AS (DELETE FROM place%u WHERE id IN"
			 " (SELECT id FROM place%u WHERE id >= $1::bigint ORDER BY id LIMIT $2::bigint FOR UPDATE SKIP LOCKED)"
			 " RETURNING id, record) INSERT INTO place%u SELECT id, record FROM gone",
			 place, place, place + 1);
	run(c->pg, PQprepare(c->pg, "step", text, 0, NULL));
	return c;
}

static unsigned put(void *connection, uint64_t first, unsigned count)
{
	struct connection *c = connection;
	uint64_t id = htobe64(first);
	uint32_t n = htonl(count);
	const char *values[] = { (const char *)&id, (const char *)c->records, (const char *)&n };
	int sizes[] = { sizeof id, (int)(count * c->job->size), sizeof n }, binary[] = { 1, 1, 1 };

	if (count == 0)
		return 0;
	peer_fill(c->job, first, count, c->records);
	return run(c->pg, PQexecPrepared(c->pg, "step", 3, values, sizes, binary, 1));
}

// Of one worker, ids are dense: it has moved exactly those below.  Of several, what is far below what was moved is gone.
static unsigned move(void *connection, uint64_t moved)
{
	struct connection *c = connection;
	uint64_t slack = c->job->window * 2u, low = moved, high = moved + c->job->batch;
	if (c->job->workers > 1) {
		low = moved > slack && ++c->steps % sweep_every != 0 ? moved - slack : 0;
		high = c->job->batch;
	}
	uint64_t a = htobe64(low), b = htobe64(high);
	const char *values[] = { (const char *)&a, (const char *)&b };
	int sizes[] = { sizeof a, sizeof b }, binary[] = { 1, 1 };

	return run(c->pg, PQexecPrepared(c->pg, "step", 2, values, sizes, binary, 1));
}

int main(int argc, char **argv)
{
	static const struct peer postgres = { .name = "postgres", .durability = "synced before each commit returns",
					      .prepare = prepare, .connect = connection_new, .put = put, .move = move };
	return peer_main(&postgres, argc, argv);
}
