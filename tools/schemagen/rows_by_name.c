static const struct access *access_find(const struct store_table *table)
{
	for (const struct access *const *a = accesses; *a; a++)
		if ((*a)->table == table)
			return *a;
	return NULL;
}

const struct store_table *table_by_name(uint16_t service, const char *name)
{
	const struct store_table *const *tables = service_tables(service);
	for (; tables && *tables; tables++)
		if (strcmp((*tables)->name, name) == 0)
			return *tables;
	return NULL;
}

struct json_t *table_json(const struct store_table *table, struct bytes key, struct bytes value)
{
	const struct access *a = access_find(table);
	if (!a || !key_decode(a->key, key, &any_key) || codec_decode(a->row, value, &any_row) != error_none)
		return NULL;
	return codec_json_pair(a->key, &any_key, a->row, &any_row);
}

enum error table_check(const struct store_table *table, struct bytes key, struct bytes value)
{
	const struct access *a = access_find(table);
	uint8_t at[store_key_max];
	if (!a)
		return error_absent;
	if (!key_decode(a->key, key, &any_key))
		return error_malformed;
	enum error error = codec_decode(a->row, value, &any_row);
	if (error != error_none)
		return error;
	struct buffer again = { 0 };
	codec_encode(a->row, &any_row, &again);
	if (again.failed)
		error = error_no_memory;
	else if (!bytes_equal(buffer_bytes(&again), value)
		 || !bytes_equal(bytes_of(at, key_encode(a->key, &any_key, at)), key))
		error = error_corrupt;
	buffer_deinit(&again);
	return error;
}
