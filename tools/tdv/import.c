// tdv registry import, tdv officers enrol: files of many rows, sent as submissions of 2,000 rows.  Good rows
// are carried out; each refused one is told by row and column.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "base/ensure.h"
#include "crypto/signature.h"
#include "csv_rows.h"
#include "verbs.h"

#define rows_a_submission 2000

static struct officer administrator = { .login = "administrator", .role = role_administrator };

struct import {
	struct form_rows rows;
	const char *path;
	uint32_t *good; // indices of the rows that are sent
	size_t good_count;
	struct buffer *keys; // officers: their public keys, by row
	struct act_job *jobs;
	size_t job_count;
};

static void import_deinit(struct import *im)
{
	acts_deinit(im->jobs, im->job_count);
	for (size_t i = 0; im->keys && i < im->rows.count; i++)
		buffer_deinit(&im->keys[i]);
	free(im->jobs);
	free(im->keys);
	free(im->good);
	form_rows_deinit(&im->rows);
}

static size_t job_rows(const struct import *im, const struct act_job *job)
{
	size_t left = im->good_count - job->row_from;
	return left < rows_a_submission ? left : rows_a_submission;
}

// --- organisations and members

static bool fill_organisations(struct act_job *job, struct terminal *terminal)
{
	const struct import *im = job->context;

	for (size_t k = 0; k < job_rows(im, job); k++)
		act_add(terminal, &organisation_row_shape, form_row(&im->rows, im->good[job->row_from + k]));
	return true;
}

static bool fill_members(struct act_job *job, struct terminal *terminal)
{
	const struct import *im = job->context;
	const char **paths = calloc(rows_a_submission, sizeof *paths);
	struct hash *hashes = calloc(rows_a_submission, sizeof *hashes);
	size_t n = job_rows(im, job), failed;

	ensure(hashes && paths);
	for (size_t k = 0; k < n; k++)
		paths[k] =
			((struct member_line *)form_row(&im->rows, im->good[job->row_from + k]))->photo_path;
	bool ok = attachments_put(terminal, im->path, paths, n, hashes, &failed, job->failure,
				  sizeof job->failure);
	for (size_t k = 0; ok && k < n; k++) {
		struct member_row row =
			((struct member_line *)form_row(&im->rows, im->good[job->row_from + k]))->row;
		row.has_photo = paths[k] != NULL;
		row.photo = hashes[k];
		act_add(terminal, &member_row_shape, &row);
	}
	free(hashes);
	free(paths);
	return ok;
}

static void make_jobs(struct import *im, const struct officer *officer, enum act act,
		      bool (*fill)(struct act_job *, struct terminal *))
{
	im->good = calloc(im->rows.count + 1, sizeof *im->good);
	ensure(im->good);
	for (size_t i = 0; i < im->rows.count; i++)
		if (!im->rows.bad[i])
			im->good[im->good_count++] = (uint32_t)i;
	im->job_count = (im->good_count + rows_a_submission - 1) / rows_a_submission;
	im->jobs = calloc(im->job_count + 1, sizeof *im->jobs);
	ensure(im->jobs);
	for (size_t j = 0; j < im->job_count; j++) {
		struct act_job *job = &im->jobs[j];
		*job = (struct act_job){ .officer = officer,
					 .act = act,
					 .rows = &im->rows,
					 .row_of = im->good,
					 .row_from = (uint32_t)(j * rows_a_submission),
					 .fill = fill,
					 .context = im };
		if (im->job_count > 1)
			snprintf(job->about, sizeof job->about, _("%s, part %zu of %zu"), im->path, j + 1,
				 im->job_count);
		else
			snprintf(job->about, sizeof job->about, "%s", im->path);
	}
}

static int send_and_tell(struct site *site, struct import *im, const char *report)
{
	json_t *root = json_object(), *errors = json_array();

	faults_tell(site, im->path, &im->rows, errors);
	json_object_set_new(root, "errors", errors);
	acts_run(site, im->jobs, im->job_count);
	size_t refused_here = im->rows.count - im->good_count;
	if (im->rows.faults.count && im->good_count == 0)
		say(site, _("%s: nothing was sent; what is wrong stands above."), im->path);
	else if (im->rows.faults.count)
		say(site,
		    _n("%s: %zu row was not sent; what is wrong stands above. Mend it and import the file "
		       "again: rows that are in stay as they are.",
		       "%s: %zu rows were not sent; what is wrong stands above. Mend them and import the file "
		       "again: rows that are in stay as they are.",
		       refused_here),
		    im->path, refused_here);
	int status = acts_report(site, im->jobs, im->job_count, false, root);
	if (report && !acts_write_report(report, im->jobs, im->job_count, &im->rows))
		status = exit_refused;
	return im->rows.faults.count ? exit_refused : status;
}

static size_t columns_known(const struct form_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->form->count && rows->sheet.row_count > 0; i++)
		n += rows->column_of[i] >= 0;
	return n;
}

// Organisations or members: whose columns the header has more of.
static enum error read_registry_file(const char *path, struct form_rows *rows)
{
	struct form_rows other;
	enum error e = form_read(&members_form, path, rows);

	if (e)
		return e;
	e = form_read(&organisations_form, path, &other);
	if (!e && columns_known(&other) > columns_known(rows)) {
		struct form_rows less = *rows;
		*rows = other;
		other = less;
	}
	form_rows_deinit(&other);
	return e;
}

int run_registry_import(struct site *site, int argc, char **argv)
{
	const char *report = NULL;
	const struct option_row options[] = {
		{ "report", option_kind_text, &report, N_("FILE"), N_("writes the refused rows as CSV") },
		{ 0 },
	};
	struct import im = { 0 };
	struct officers officers = { 0 };
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	im.path = argv[0];
	enum error e = read_registry_file(im.path, &im.rows);
	if (e)
		return file_unread(im.path, e);
	bool members = im.rows.form == &members_form;
	if (members)
		members_check(&im.rows);
	else
		organisations_check(&im.rows);
	const struct officer *officer = &administrator;
	if (site->as && strcmp(site->as, administrator.login) != 0)
		officer = officers_read(site, &officers)
				  ? officer_for(site, &officers, act_import_members, 0, NULL)
				  : NULL;
	if (!officer || !home_exists(site)) {
		status = exit_refused;
	} else {
		make_jobs(&im, officer, members ? act_import_members : act_import_organisations,
			  members ? fill_members : fill_organisations);
		status = send_and_tell(site, &im, report);
		if (status == exit_done)
			say(site, members ? _("Next: `tdv officers enrol FILE`, then `tdv submit FILE…`.")
					  : _("Next: `tdv registry import` with the members."));
	}
	import_deinit(&im);
	officers_deinit(&officers);
	return status;
}

// --- officers

static bool write_plain(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	bool ok = fd >= 0 && write(fd, data, size) == (ssize_t)size;
	if (fd >= 0 && close(fd) < 0)
		ok = false;
	if (!ok)
		complain("%s: %s", path, language_errno(errno));
	return ok;
}

// The key that is there, or a new one; its public part into `spki`.
static bool make_key(const struct site *site, const char *login, struct buffer *spki)
{
	struct buffer pem = { 0 };
	struct key *key = NULL;
	char path[4096];
	bool ok = true;

	home_path(site, path, "keys/officers/%s.pem", login);
	if (!file_read(path, 65536, &pem)) {
		ok = !key_read_private(buffer_bytes(&pem), &key);
	} else {
		ok = !key_generate(&key) && !key_write_private(key, &pem) &&
		     write_plain(path, pem.data, pem.size);
	}
	ok = ok && !key_write_public_der(key, spki);
	if (!ok)
		complain(_("no key for %s: %s"), login, path);
	if (key)
		key_free(key);
	if (pem.data)
		explicit_bzero(pem.data, pem.size);
	buffer_deinit(&pem);
	return ok;
}

static bool fill_officers(struct act_job *job, struct terminal *terminal)
{
	const struct import *im = job->context;

	for (size_t k = 0; k < job_rows(im, job); k++) {
		uint32_t i = im->good[job->row_from + k];
		struct officer_row row = ((struct officer_line *)form_row(&im->rows, i))->row;
		row.public_key = buffer_bytes(&im->keys[i]);
		act_add(terminal, &officer_row_shape, &row);
	}
	return true;
}

// An officer whose key is enrolled already counts as enrolled.
static bool row_was_refused(const struct act_job *job, uint32_t row)
{
	for (size_t k = 0; k < job->error_count; k++)
		if (job->errors[k].row == row && job->errors[k].reason != reason_already_done &&
		    !(job->errors[k].field == field_public_key && job->errors[k].reason == reason_duplicate))
			return true;
	return false;
}

// Whom `tdv` may act for with the key.
static bool note_officer(const struct site *site, const struct officer_line *line, struct bytes spki)
{
	char path[4096], certificate[65];
	struct key *key = NULL;
	struct hash fingerprint;

	if (key_read_public(spki, &key) || key_fingerprint(key, &fingerprint))
		return false;
	key_free(key);
	hex_encode(fingerprint.byte, sizeof fingerprint.byte, certificate);
	json_t *json = json_pack("{s:s%, s:s, s:I, s:s}", "login", (const char *)line->login.data,
				 line->login.size, "role", codec_value_name(&role_values, line->row.role),
				 "organisation", (json_int_t)line->row.organisation, "certificate",
				 certificate);
	char *text = json_dumps(json, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	home_path(site, path, "keys/officers/%.*s.json", (int)line->login.size,
		  (const char *)line->login.data);
	bool ok = text && write_plain(path, text, strlen(text));
	free(text);
	json_decref(json);
	return ok;
}

// One sync for all the small files, before what rests on them is sent.
static void sync_keys(const struct site *site)
{
	char path[4096];
	int fd = open(home_path(site, path, "keys/officers"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		complain("%s: %s", path, language_errno(errno));
	if (fd >= 0)
		close(fd);
}

static bool make_keys(const struct site *site, struct import *im)
{
	im->keys = calloc(im->rows.count + 1, sizeof *im->keys);
	ensure(im->keys);
	for (size_t k = 0; k < im->good_count; k++) {
		const struct officer_line *line = form_row(&im->rows, im->good[k]);
		if (!make_key(site, (const char *)line->login.data, &im->keys[im->good[k]]))
			return false;
	}
	sync_keys(site);
	return true;
}

static void note_enrolled(const struct site *site, const struct import *im)
{
	for (size_t j = 0; j < im->job_count; j++) {
		const struct act_job *job = &im->jobs[j];
		for (size_t k = 0;
		     job->state == act_state_done && job->reason == reason_none && k < job_rows(im, job);
		     k++) {
			uint32_t i = im->good[job->row_from + k];
			if (!row_was_refused(job, (uint32_t)k + 1))
				note_officer(site, form_row(&im->rows, i), buffer_bytes(&im->keys[i]));
		}
	}
	sync_keys(site);
}

int run_officers_enrol(struct site *site, int argc, char **argv)
{
	const char *report = NULL;
	const struct option_row options[] = {
		{ "report", option_kind_text, &report, N_("FILE"), N_("writes the refused rows as CSV") },
		{ 0 },
	};
	struct import im = { 0 };
	int status = arguments_take(site, &argc, argv, options, 1, 1);

	if (status != go_on)
		return status;
	im.path = argv[0];
	enum error e = form_read(&officers_form, im.path, &im.rows);
	if (e)
		return file_unread(im.path, e);
	officers_check(&im.rows);
	make_jobs(&im, &administrator, act_enrol_officers, fill_officers);
	if (!home_exists(site) || !make_keys(site, &im)) {
		import_deinit(&im);
		return exit_refused;
	}
	status = send_and_tell(site, &im, report);
	note_enrolled(site, &im);
	if (status == exit_done)
		say(site,
		    _("The keys are in %s/keys/officers; each officer's own machine should have no other "
		      "than theirs. Next: `tdv submit FILE…`."),
		    site->home);
	import_deinit(&im);
	return status;
}

int run_officers_list(struct site *site, int argc, char **argv)
{
	static const struct output_column columns[] = {
		{ "login", N_("Login"), NULL, false },
		{ "role", N_("Role"), &role_values, false },
		{ "organisation", N_("Organisation"), NULL, true },
	};
	struct officers officers;
	json_t *rows = json_array();
	int status = arguments_take(site, &argc, argv, NULL, 0, 0);

	if (status != go_on || !officers_read(site, &officers)) {
		json_decref(rows);
		return status != go_on ? status : exit_refused;
	}
	for (size_t i = 0; i < officers.count; i++)
		json_array_append_new(rows,
				      json_pack("{s:s, s:s, s:I}", "login", officers.list[i].login, "role",
						codec_value_name(&role_values, officers.list[i].role),
						"organisation", (json_int_t)officers.list[i].organisation));
	output_table(site, columns, array_size(columns), rows);
	if (officers.count == 0)
		say(site, "%s",
		    _("This home has no officer's key yet; `tdv officers enrol FILE` makes them."));
	output_json(site, json_pack("{s:o}", "officers", rows));
	if (!site->json)
		rows = NULL; // taken and released with the object
	officers_deinit(&officers);
	return exit_done;
}
