// Portraits of nobody: a backdrop, shoulders, a head.  A pool is drawn once, slowly; each person's photo is
// one of the pool, shifted, mirrored, toned and given its own grain, so that every photo differs and none
// takes longer than its JPEG.
#include "seed.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jpeglib.h>

#define photo_width 240 // 2x3, as on the forms
#define photo_height 360
#define margin 8
#define pool_width (photo_width + 2 * margin)
#define pool_height (photo_height + 2 * margin)
#define pool_size 32

struct colour {
	float r, g, b;
};

struct photo_pool {
	uint8_t pixel[pool_size][pool_height][pool_width][3]; // the first half men, the second women
};

struct canvas {
	struct colour (*at)[pool_width];
};

static struct colour mix(struct colour a, struct colour b, float t)
{
	return (struct colour){ a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t };
}

static struct colour shade(struct colour c, float by)
{
	return (struct colour){ c.r * by, c.g * by, c.b * by };
}

struct ellipse {
	float x, y, rx, ry;
	struct colour colour;
	float light; // how much darker the right and lower side is
	float edge;  // softness, pixels
};

static void draw(struct canvas *canvas, struct ellipse e)
{
	for (int y = 0; y < pool_height; y++) {
		for (int x = 0; x < pool_width; x++) {
			float dx = ((float)x - e.x) / e.rx, dy = ((float)y - e.y) / e.ry;
			float d = sqrtf(dx * dx + dy * dy), inside = (1 - d) * fminf(e.rx, e.ry) / e.edge;
			if (inside <= 0)
				continue;
			float lit = 1 - e.light * (0.5f + 0.35f * dx + 0.25f * dy + 0.25f * d * d);
			canvas->at[y][x] = mix(canvas->at[y][x], shade(e.colour, lit), fminf(inside, 1));
		}
	}
}

static float vary(struct chance *c, float middle, float by)
{
	return middle + by * ((float)chance_below(c, 2001) / 1000 - 1);
}

static void draw_backdrop(struct canvas *canvas, struct chance *c)
{
	struct colour top = chance_permille(c, 600) ? (struct colour){ 90, 150, 214 }
						    : (struct colour){ 226, 230, 236 };

	for (int y = 0; y < pool_height; y++)
		for (int x = 0; x < pool_width; x++)
			canvas->at[y][x] = shade(top, 1.05f - 0.2f * (float)y / pool_height -
							      0.06f * (float)x / pool_width);
}

static void draw_clothes(struct canvas *canvas, struct chance *c, float x, bool woman)
{
	static const struct colour jackets[] = {
		{ 44, 52, 70 }, { 30, 32, 38 }, { 70, 84, 60 }, { 92, 40, 48 }, { 230, 232, 236 }
	};
	struct colour jacket = jackets[chance_below(c, 5)], shirt = { 236, 238, 242 };

	draw(canvas, (struct ellipse){ x, 392, vary(c, 118, 8), vary(c, 108, 8), jacket, 0.3f, 2 });
	draw(canvas, (struct ellipse){ x, 318, 34, 48, shirt, 0.2f, 2 });
	if (!woman)
		draw(canvas, (struct ellipse){ x, 350, 9, 62, { 140, 26, 34 }, 0.3f, 2 });
	draw(canvas, (struct ellipse){ x - 62, 352, 6, 6, { 206, 30, 40 }, 0.1f, 1 });
}

static void draw_head(struct canvas *canvas, struct chance *c, float x, bool woman)
{
	static const struct colour hairs[] = {
		{ 24, 20, 20 }, { 38, 30, 28 }, { 150, 150, 154 }, { 60, 54, 52 }
	};
	struct colour skin = { vary(c, 222, 16), vary(c, 178, 14), vary(c, 148, 14) },
		      hair = hairs[chance_below(c, 4)];
	float rx = vary(c, 54, 4), ry = vary(c, 72, 5), y = vary(c, 178, 5), eye = y - vary(c, 6, 3),
	      apart = vary(c, 22, 2);

	if (woman)
		draw(canvas, (struct ellipse){ x, y + 24, rx + 22, ry + 34, hair, 0.3f, 3 });
	draw(canvas, (struct ellipse){ x, y + ry + 6, 26, 44, shade(skin, 0.86f), 0.3f, 2 });
	draw(canvas, (struct ellipse){ x, y - 14, rx + 7, ry + 2, hair, 0.3f, 2 });
	for (int side = -1; side <= 1; side += 2)
		draw(canvas,
		     (struct ellipse){ x + (float)side * rx, y + 6, 9, 17, shade(skin, 0.92f), 0.3f, 2 });
	draw(canvas, (struct ellipse){ x, y + 6, rx, ry, skin, 0.32f, 2 });
	draw(canvas,
	     (struct ellipse){ x + vary(c, 0, 14), y - ry + 14, rx - 4, vary(c, 24, 5), hair, 0.3f, 3 });
	for (int side = -1; side <= 1; side += 2) {
		float ex = x + (float)side * apart;
		draw(canvas, (struct ellipse){ ex, eye - 13, 14, 4, shade(hair, 0.9f), 0, 2 });
		draw(canvas, (struct ellipse){ ex, eye, 11, 5.5f, { 240, 238, 234 }, 0.15f, 2 });
		draw(canvas, (struct ellipse){ ex, eye, 5, 5, { 40, 26, 20 }, 0, 1.5f });
	}
	draw(canvas, (struct ellipse){ x, eye + 26, 8, 19, shade(skin, 0.93f), 0.25f, 5 });
	draw(canvas, (struct ellipse){ x, y + 47, vary(c, 19, 3), 5.5f, { 172, 84, 82 }, 0.2f, 2.5f });
}

// Draws the pool that photos vary.
static struct photo_pool *photo_pool_new(uint64_t seed)
{
	struct photo_pool *pool = malloc(sizeof *pool);
	struct canvas canvas = { malloc(sizeof(struct colour[pool_height][pool_width])) };
	struct chance c;

	if (!pool || !canvas.at)
		abort();
	chance_init(&c, seed, 2);
	for (int i = 0; i < pool_size; i++) {
		float x = vary(&c, pool_width / 2.0f, 3);
		bool woman = i >= pool_size / 2;
		draw_backdrop(&canvas, &c);
		draw_clothes(&canvas, &c, x, woman);
		draw_head(&canvas, &c, x, woman);
		for (int y = 0; y < pool_height; y++) {
			for (int k = 0; k < pool_width; k++) {
				struct colour p = canvas.at[y][k];
				pool->pixel[i][y][k][0] = (uint8_t)fminf(255, fmaxf(0, p.r));
				pool->pixel[i][y][k][1] = (uint8_t)fminf(255, fmaxf(0, p.g));
				pool->pixel[i][y][k][2] = (uint8_t)fminf(255, fmaxf(0, p.b));
			}
		}
	}
	free(canvas.at);
	return pool;
}

// What makes this photo this person's.
struct variation {
	uint8_t tone[3][256];
	int dx, dy;
	bool mirrored;
	uint64_t grain;
};

static void vary_photo(struct variation *v, struct chance *c)
{
	for (int channel = 0; channel < 3; channel++) {
		float gain = vary(c, 1, 0.07f), lift = vary(c, 0, 7);
		for (int i = 0; i < 256; i++)
			v->tone[channel][i] = (uint8_t)fminf(251, fmaxf(4, (float)i * gain + lift));
	}
	v->dx = chance_between(c, 0, 2 * margin);
	v->dy = chance_between(c, 0, 2 * margin);
	v->mirrored = chance_permille(c, 500);
	v->grain = chance_next(c) | 1;
}

static void make_row(const struct photo_pool *pool, int face, struct variation *v, int y, uint8_t *row)
{
	for (int x = 0; x < photo_width; x++) {
		int from = v->mirrored ? photo_width - 1 - x : x;
		const uint8_t *p = pool->pixel[face][y + v->dy][from + v->dx];
		v->grain ^= v->grain << 13; // xorshift64, Marsaglia
		v->grain ^= v->grain >> 7;
		v->grain ^= v->grain << 17;
		int grain = (int)(v->grain >> 61) - 3;
		for (int channel = 0; channel < 3; channel++)
			*row++ = (uint8_t)(v->tone[channel][p[channel]] + grain);
	}
}

static void compress(FILE *f, const struct photo_pool *pool, int face, struct variation *v)
{
	struct jpeg_compress_struct jpeg;
	struct jpeg_error_mgr errors;
	uint8_t row[photo_width * 3];
	JSAMPROW rows[] = { row };

	jpeg.err = jpeg_std_error(&errors); // prints and exits: memory is the only thing that can lack
	jpeg_create_compress(&jpeg);
	jpeg_stdio_dest(&jpeg, f);
	jpeg.image_width = photo_width;
	jpeg.image_height = photo_height;
	jpeg.input_components = 3;
	jpeg.in_color_space = JCS_RGB;
	jpeg_set_defaults(&jpeg);
	jpeg_set_quality(&jpeg, 84, TRUE);
	jpeg.dct_method = JDCT_FASTEST;
	jpeg_start_compress(&jpeg, TRUE);
	for (int y = 0; y < photo_height; y++) {
		make_row(pool, face, v, y, row);
		jpeg_write_scanlines(&jpeg, rows, 1);
	}
	jpeg_finish_compress(&jpeg);
	jpeg_destroy_compress(&jpeg);
}

static bool photo_write(const struct photo_pool *pool, uint64_t seed, const struct person *p, const char *path)
{
	struct variation v;
	struct chance c;
	FILE *f = fopen(path, "wb");

	if (!f)
		return false;
	chance_init(&c, seed, UINT64_C(1) << 32 | p->index);
	vary_photo(&v, &c);
	int face = (int)chance_below(&c, pool_size / 2) + (p->sex == sex_female ? pool_size / 2 : 0);
	compress(f, pool, face, &v);
	bool written = fflush(f) == 0;
	return fclose(f) == 0 && written;
}

struct share {
	pthread_t thread;
	const struct photo_pool *pool;
	uint64_t seed;
	const struct person *persons;
	size_t from, count, step;
	const char *folder;
	bool failed;
};

static void *write_share(void *argument)
{
	struct share *s = argument;
	char path[4096];

	for (size_t i = s->from; i < s->count && !s->failed; i += s->step) {
		snprintf(path, sizeof path, "%s/%s.jpg", s->folder, s->persons[i].profile);
		s->failed = !photo_write(s->pool, s->seed, &s->persons[i], path);
	}
	return NULL;
}

bool photos_write(uint64_t seed, const struct person *persons, size_t count, const char *folder)
{
	struct share shares[16] = { 0 };
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = processors < 1 ? 1 : processors > 16 ? 16 : (size_t)processors;
	struct photo_pool *pool = photo_pool_new(seed);
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		shares[i] = (struct share){ .pool = pool,
					    .seed = seed,
					    .persons = persons,
					    .from = i,
					    .count = count,
					    .step = n,
					    .folder = folder };
		if (pthread_create(&shares[i].thread, NULL, write_share, &shares[i]) != 0)
			abort();
	}
	for (size_t i = 0; i < n; i++) {
		pthread_join(shares[i].thread, NULL);
		ok = ok && !shares[i].failed;
	}
	free(pool);
	return ok;
}
