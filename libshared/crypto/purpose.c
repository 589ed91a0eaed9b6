#include "crypto/purpose.h"

#include <string.h>

#include "base/ensure.h"

static size_t begin(struct purposed *p, const char *purpose, size_t more)
{
	size_t size = strlen(purpose);

	ensure(size + more <= sizeof p->byte);
	memcpy(p->byte, purpose, size);
	return size;
}

struct bytes purposed_hash(struct purposed *p, const char *purpose, const struct hash *hash)
{
	size_t size = begin(p, purpose, sizeof hash->byte);

	memcpy(p->byte + size, hash->byte, sizeof hash->byte);
	return bytes_of(p->byte, size + sizeof hash->byte);
}

struct bytes purposed_numbers(struct purposed *p, const char *purpose, const uint64_t *numbers, size_t count)
{
	size_t size = begin(p, purpose, 8 * count);

	for (size_t i = 0; i < count; i++)
		put_u64(p->byte + size + 8 * i, numbers[i]);
	return bytes_of(p->byte, size + 8 * count);
}
