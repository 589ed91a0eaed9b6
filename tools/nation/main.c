// Plays the nation at a site that is up: reads the names of stages from stdin and carries them out.
//
// usage: tdv-nation HOME MEMBERS PHOTOS SCANS [--shared-photos]
//   PHOTOS, SCANS   folders with JPEG files: the pools that photos and hand-over sheets are made from
//
// Prints a line of JSON for each stage; tools/nation/nation.py drives it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/when.h"
#include "nation.h"

int main(int argc, char **argv)
{
	static struct nation n;
	char line[64];
	bool ok = true;

	if (argc < 5 || argc > 6 || (argc == 6 && strcmp(argv[5], "--shared-photos") != 0)) {
		fprintf(stderr, "usage: tdv-nation HOME MEMBERS PHOTOS SCANS [--shared-photos]\n");
		return 2;
	}
	n.home = argv[1];
	n.seed = 1;
	n.today = date_of_instant(clock_wall_ms());
	n.shared_photos = argc == 6;
	if (!pictures_read(argv[3], &n.photos, &n.photo_count) || !pictures_read(argv[4], &n.scans, &n.scan_count)) {
		fprintf(stderr, "tdv-nation: no JPEG files in %s or %s\n", argv[3], argv[4]);
		return 1;
	}
	if (!nation_make(&n, (uint32_t)strtoul(argv[2], NULL, 10)) || !officials_make(&n)) {
		fprintf(stderr, "tdv-nation: %s: no nation could be made\n", argv[1]);
		return 1;
	}
	struct crowd *crowd = crowd_open(n.home);
	if (!crowd) {
		fprintf(stderr, "tdv-nation: %s: the door cannot be reached\n", argv[1]);
		return 1;
	}
	printf("{\"organisations\": %zu, \"officers\": %zu, \"members\": %u}\n", n.place_count, n.official_count,
	       n.members);
	fflush(stdout);
	while (ok && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		ok = stage_run(&n, crowd, line);
	}
	crowd_close(crowd);
	return ok ? 0 : 1;
}
