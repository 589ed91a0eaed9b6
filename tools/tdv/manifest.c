#include "manifest.h"

#include <stdio.h>
#include <string.h>

#include "backup.h"
#include "common/language.h"

#define path_max 400

// A path of the manifest stays inside its folder.
static bool path_is_safe(const char *path)
{
	return *path && *path != '/' && !strstr(path, "..") && strlen(path) < path_max;
}

static bool digest_is_whole(const char *hex)
{
	struct hash digest;

	return strlen(hex) == 2 * sizeof digest.byte && hex_decode(hex, digest.byte, sizeof digest.byte);
}

static bool file_is_whole(json_t *file, json_error_t *why)
{
	const char *path, *digest;
	json_int_t size;

	if (json_unpack_ex(file, why, 0, "{s:s, s:I, s:s}", "path", &path, "size", &size, "sha256", &digest) < 0)
		return false;
	snprintf(why->text, sizeof why->text, _("what it says of \"%.100s\" cannot be"), path);
	return path_is_safe(path) && size >= 0 && digest_is_whole(digest);
}

static bool service_is_whole(json_t *row, json_error_t *why)
{
	const char *service, *root;
	json_int_t turn;

	if (json_unpack_ex(row, why, 0, "{s:s, s:I, s:s}", "service", &service, "turn", &turn, "root", &root) < 0)
		return false;
	snprintf(why->text, sizeof why->text, _("what it says of \"%.100s\" cannot be"), service);
	return turn >= 0 && digest_is_whole(root);
}

static bool all_whole(json_t *array, bool (*whole)(json_t *, json_error_t *), json_error_t *why)
{
	json_t *each;
	size_t i;

	json_array_foreach(array, i, each)
		if (!whole(each, why))
			return false;
	return true;
}

static bool is_whole(json_t *manifest, json_error_t *why)
{
	const char *format = NULL, *made = "";
	json_t *files = NULL, *services = NULL;

	if (json_unpack_ex(manifest, why, 0, "{s:s, s:o, s?s, s?o}", "format", &format, "files", &files, "made", &made,
			   "services", &services) < 0)
		return false;
	if (strcmp(format, backup_format) != 0) {
		snprintf(why->text, sizeof why->text, _("another program or version wrote it: its format is %.80s"), format);
		return false;
	}
	snprintf(why->text, sizeof why->text, _("what it says of \"%.100s\" cannot be"), "files");
	if (!json_is_array(files) || !all_whole(files, file_is_whole, why))
		return false;
	snprintf(why->text, sizeof why->text, _("what it says of \"%.100s\" cannot be"), "services");
	return !services || (*made && json_is_array(services) && all_whole(services, service_is_whole, why));
}

json_t *manifest_parse(struct bytes text, char why[manifest_why_size])
{
	json_error_t error = { 0 };
	json_t *manifest = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, &error);

	if (manifest && is_whole(manifest, &error))
		return manifest;
	snprintf(why, manifest_why_size, "%.190s", error.text);
	json_decref(manifest);
	return NULL;
}
