// The manifest of a backup: JSON from a folder that others could write to.
#include "manifest.h"

#include <string.h>

#include "base/ensure.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char why[manifest_why_size] = "";
	json_t *manifest = manifest_parse(bytes_of(data, size), why);
	json_t *each;
	size_t i;

	if (!manifest) {
		ensure(*why && memchr(why, 0, sizeof why));
		return 0;
	}
	// What restore takes for granted.
	json_array_foreach(json_object_get(manifest, "files"), i, each) {
		const char *path = json_string_value(json_object_get(each, "path"));
		ensure(path && *path && *path != '/' && !strstr(path, "..") && json_string_value(json_object_get(each, "sha256")));
	}
	json_array_foreach(json_object_get(manifest, "services"), i, each)
		ensure(json_string_value(json_object_get(each, "service")) && json_string_value(json_object_get(each, "root")));
	json_decref(manifest);
	return 0;
}

#define digest "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define head "{\"format\":\"TDV backup 1\","

void fuzz_seeds(struct fuzz_seeds *seeds)
{
	static const char *const manifests[] = {
		head "\"files\":[]}",
		head "\"made\":\"2026-03-01T00:00:00Z\",\"services\":[{\"service\":\"intake\",\"turn\":4,\"root\":" digest "}],"
		"\"files\":[{\"path\":\"state/intake/data.mdb\",\"size\":4096,\"sha256\":" digest "}]}",
		head "\"files\":[{\"path\":\"../../etc/passwd\",\"size\":1,\"sha256\":" digest "}]}",
		head "\"files\":[{\"path\":\"/etc/passwd\",\"size\":1,\"sha256\":" digest "}]}",
		head "\"files\":[{\"path\":\"a\",\"size\":-1,\"sha256\":" digest "}]}",
		head "\"files\":[{\"path\":\"a\",\"size\":1,\"sha256\":\"00\"}]}", head "\"files\":[{}]}", head "\"files\":[4]}",
		head "\"files\":{}}", head "\"services\":[{}],\"files\":[]}", "{\"format\":\"TDV backup 2\",\"files\":[]}", "{}", "[]", "", "nul",
	};
	for (size_t i = 0; i < array_size(manifests); i++)
		seeds->put(seeds, bytes_of_text(manifests[i]));
}
