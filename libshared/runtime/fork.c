// Two roots for one position of a log: a restored old copy, or one that went on differently.  The door stays shut while this
// service is on either side of one, for what was taken now might not be there tomorrow.
#include "runtime/engine_private.h"

void fork_found(struct engine *e, const struct log_name *producer, const struct log_name *consumer, uint64_t turn)
{
	e->forked = true;
	log_error("fork producer=%u.%u.%u.%u consumer=%u.%u.%u.%u turn=%llu head=%llu", producer->site,
		  producer->service, producer->instance, producer->epoch, consumer->site, consumer->service,
		  consumer->instance, consumer->epoch, (unsigned long long)turn,
		  (unsigned long long)e->meta.head_turn);
}

// The right copy is in its place again; another log, or another reader, may still be forked.
void fork_ended(struct engine *e, uint16_t producer, uint16_t consumer, uint64_t turn)
{
	e->forked = false;
	for (size_t i = 0; i < e->source_count; i++)
		e->forked |= e->sources[i].forked;
	for (size_t i = 0; i < e->consumer_count; i++)
		e->forked |= e->consumers[i].forked;
	log_info("fork_ended producer=%s consumer=%s turn=%llu", service_id_name((enum service_id)producer),
		 service_id_name((enum service_id)consumer), (unsigned long long)turn);
}
