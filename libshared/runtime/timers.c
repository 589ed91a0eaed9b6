// Time as the fold sees it, and what becomes due.
#include "runtime/engine_private.h"

static void hold(struct engine *e, const char *why, int64_t by_ms)
{
	if (!e->meta.timers_held)
		log_error("timers_held reason=%s by_ms=%lld", why, (long long)by_ms);
	e->meta.timers_held = true;
}

// The wall clock against the boot clock since the last look; against the last turn at the first one.
static void compare_clocks(struct engine *e, int64_t wall_ms, int64_t boot_ms)
{
	if (!e->clock_seen) {
		int64_t absent = wall_ms - e->meta.head_time;
		if (e->meta.head_turn > 0 && absent > (int64_t)e->limits.clock_absent_ms)
			hold(e, "absent", absent);
		return;
	}
	int64_t jump = (wall_ms - e->wall_ms) - (boot_ms - e->boot_ms);
	if (fault_is(clock_believed))
		return;
	if (jump <= (int64_t)e->limits.clock_jump_ms && jump >= -(int64_t)e->limits.clock_jump_ms)
		return;
	hold(e, "jump", jump);
	if (e->steady)
		return;
	e->steady = true;
	e->steady_wall_ms = e->wall_ms;
	e->steady_boot_ms = e->boot_ms;
}

// The later of the last turn's time and the wall clock.  A wall clock that jumped is not believed until an
// operator accepts it: meanwhile time goes on at the boot clock's pace from where the two last agreed.
int64_t clock_turn_time(struct engine *e, int64_t wall_ms, int64_t boot_ms)
{
	compare_clocks(e, wall_ms, boot_ms);
	e->clock_seen = true;
	e->wall_ms = wall_ms;
	e->boot_ms = boot_ms;
	int64_t time = e->steady ? e->steady_wall_ms + (boot_ms - e->steady_boot_ms) : wall_ms;
	return time > e->meta.head_time ? time : e->meta.head_time;
}

void clock_accept(struct engine *e)
{
	e->accepted_off_ms = e->wall_ms - e->boot_ms;
}

bool clock_is_as_accepted(const struct engine *e)
{
	int64_t since = e->wall_ms - e->boot_ms - e->accepted_off_ms;

	return since <= (int64_t)e->limits.clock_jump_ms && since >= -(int64_t)e->limits.clock_jump_ms;
}

int64_t engine_time_ms(struct engine *e, int64_t wall_ms, int64_t boot_ms)
{
	return clock_turn_time(e, wall_ms, boot_ms);
}

void timers_look(struct engine *e, struct store_txn *txn)
{
	struct bytes key, value;

	e->timer_next_ms = INT64_MAX;
	if (store_seek(txn, &e->table.timers, (struct bytes){ 0 }, &key, &value) && key.size == 16)
		e->timer_next_ms = (int64_t)(get_u64(key.data) ^ (UINT64_C(1) << 63));
}
