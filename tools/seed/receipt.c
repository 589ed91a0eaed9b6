// The scan of a hand-over sheet: a ruled page, a line for each member, a signature at its end.
#include "seed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define page_width 620 // A4 at 75 dots an inch
#define page_height 877
#define line_height 20
#define lines_max 40 // the others are on pages that nobody scanned

struct page {
	uint8_t at[page_height][page_width];
};

static void dot(struct page *p, float x, float y, uint8_t ink)
{
	int column = (int)x, row = (int)y;
	if (column >= 0 && column < page_width && row >= 0 && row < page_height && p->at[row][column] > ink)
		p->at[row][column] = ink;
}

static void rule(struct page *p, int from, int to, int y)
{
	for (int x = from; x < to; x++)
		dot(p, (float)x, (float)y, 120);
}

// What printed words look like from afar.
static void words(struct page *p, struct chance *c, int x, int y, int width)
{
	for (int end = x + width; x < end; x += chance_between(c, 5, 9))
		for (int k = chance_between(c, 14, 30); k > 0; k--)
			dot(p, (float)(x + chance_between(c, 0, 4)), (float)(y - chance_between(c, 0, 8)),
			    50);
}

static void sign(struct page *p, struct chance *c, int x, int y)
{
	float a = (float)chance_between(c, 20, 60) / 10, b = (float)chance_between(c, 20, 70) / 10,
	      lean = (float)chance_between(c, -3, 3) / 10;

	for (int i = 0; i < 900; i++) {
		float t = (float)i / 900, at_x = (float)x + 92 * t + 6 * sinf(40 * t * a / 6);
		dot(p, at_x, (float)y - 6 + 6 * sinf(9 * a * t) * cosf(7 * b * t) + 12 * lean * t, 35);
		dot(p, at_x, (float)y - 5 + 6 * sinf(9 * a * t) * cosf(7 * b * t) + 12 * lean * t, 60);
	}
}

static bool write_grey(struct page *p, const char *path)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	jpeg.err = jpeg_std_error(&errors);
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, f);
	jpeg.image_width = page_width;
	jpeg.image_height = page_height;
	jpeg.input_components = 1;
	jpeg.in_color_space = JCS_GRAYSCALE;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 40, TRUE);
	jpeg_start_compress(&jpeg, TRUE);
	for (int y = 0; y < page_height; y++) {
		JSAMPROW row = p->at[y];
		jpeg_write_scanlines(&jpeg, &row, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
	bool written = fflush(f) == 0;
	return fclose(f) == 0 && written;
}

bool receipt_write(uint64_t seed, uint64_t cell, uint32_t lines, const char *path)
{
	struct page *p = malloc(sizeof *p);
	struct chance c;

	if (!p)
		return false;
	memset(p->at, 248, sizeof p->at);
	chance_init(&c, seed, UINT64_C(2) << 32 ^ cell);
	words(p, &c, 180, 40, 260);
	for (uint32_t i = 0; i < lines && i < lines_max; i++) {
		int y = 80 + (int)i * line_height;
		rule(p, 30, page_width - 30, y);
		words(p, &c, 36, y - 4, 14);
		words(p, &c, 70, y - 4, chance_between(&c, 110, 170));
		words(p, &c, 270, y - 4, 60);
		sign(p, &c, 470, y - 4);
	}
	bool ok = write_grey(p, path);
	free(p);
	return ok;
}
