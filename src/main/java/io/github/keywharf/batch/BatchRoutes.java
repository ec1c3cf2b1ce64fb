package io.github.keywharf.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import io.github.keywharf.http.upload.UploadServer;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What a tenant may ask over HTTP: its constraints, uploads, its files and what became of them; and an operator, statistics of
 * all. A tenant sees nothing of another: what is another's looks as if it did not exist. Thread-safe.
 */
final class BatchRoutes implements HttpHandler, AutoCloseable {
    /** How many files a list has unless the request says otherwise. */
    static final int DEFAULT_LIMIT = 100;

    /** How many files a list has at most. */
    static final int MAX_LIMIT = 1_000;

    private static final String UPLOADS = "/uploads/";

    /** The largest file of any profile. */
    private static final long MAX_FILE_BYTES = FileConstraints.MAX_DATA_SIZES * 1_024;

    private final TenantLogin login;
    private final TenantProfiles profiles;
    private final ReceivedFiles files;
    private final UploadServer uploads;
    private final HttpRouter router;
    private final TenantTurns turns = new TenantTurns();

    /**
     * Opens the working directory of uploads, and hands over what had arrived when the last process ended.
     *
     * @param working for uploads that are under way, on the file system of the staging directory
     */
    BatchRoutes(
            TenantLogin login,
            TenantProfiles profiles,
            ReceivedFiles files,
            Path working,
            InstantSource clock,
            EventListener listener) {
        this.login = login;
        this.profiles = profiles;
        this.files = files;
        this.uploads = UploadServer.builder(working, new TenantUploads(profiles, files, clock))
                .maxFileBytes(MAX_FILE_BYTES)
                .clock(clock)
                .events(listener)
                .open();
        this.router = HttpRouter.builder()
                .get("/", request -> seen(request, files::page))
                .get(
                        "/statistics",
                        request -> seen(request, tenant -> HttpResponse.json(200, files.statistics(tenant))))
                .get("/customer", request -> owned(request, this::customer))
                .get("/files", request -> owned(request, this::list))
                .get("/files/{id}", request -> owned(request, this::file))
                .get("/files/{id}/rejected", request -> owned(request, this::rejected))
                .post("/files/{id}/replay", request -> owned(request, this::replay))
                .post(
                        "/files/{name}",
                        request -> owned(
                                request,
                                (tenant, asked) -> uploads.create(tenant.id(), asked.part("name"), UPLOADS, asked)))
                .route("HEAD", UPLOADS + "{id}", request -> owned(request, this::upload))
                .route("PATCH", UPLOADS + "{id}", request -> owned(request, this::upload))
                .route("DELETE", UPLOADS + "{id}", request -> owned(request, this::upload))
                .build();
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        if (isForeign(request)) {
            request.body().close();
            return Answers.problem(
                    403, "batch.cross_site", "Requests that change something are not taken from other sites");
        }
        try {
            return router.handle(request);
        } catch (KeywharfException e) {
            if (!e.retryable()) {
                throw e;
            }
            request.body().close();
            return Answers.problem(503, e.code(), "The service cannot answer now; try again")
                    .withHeader("Retry-After", "1");
        }
    }

    /**
     * Whether a page of another site has the browser send it, with credentials that the browser keeps. Browsers that do not
     * say so in words, as on plain http, name the origin of what changes something.
     */
    private static boolean isForeign(HttpRequest request) {
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        Optional<String> site = request.header("Sec-Fetch-Site");
        if (reads || site.isPresent()) {
            return !reads
                    && site.filter(from -> !from.equals("same-origin") && !from.equals("none"))
                            .isPresent();
        }
        // The scheme may differ behind a proxy that ends TLS.
        return request.headers().all("Origin").stream()
                .anyMatch(origin -> !origin.toLowerCase(Locale.ROOT)
                        .endsWith("://" + request.uri().getRawAuthority().toLowerCase(Locale.ROOT)));
    }

    /** Answers a tenant who has a profile, and nobody else. */
    private HttpResponse owned(HttpRequest request, BiFunction<Organisation, HttpRequest, HttpResponse> answer) {
        TenantLogin.Outcome outcome = login.login(request);
        if (outcome instanceof TenantLogin.AsTenant as
                && profiles.find(as.tenant()).isPresent()) {
            return turns.in(as.tenant(), () -> answer.apply(as.tenant(), request), () -> crowded(request));
        }
        request.body().close();
        if (outcome instanceof TenantLogin.AsOperator) {
            return Answers.problem(403, "batch.not_a_tenant", "An operator has no files; log in as a tenant");
        }
        return refused(outcome);
    }

    /** Answers a tenant with what is its own, and an operator with all or the tenant that the query names. */
    private HttpResponse seen(HttpRequest request, Function<Optional<Organisation>, HttpResponse> answer) {
        TenantLogin.Outcome outcome = login.login(request);
        Optional<String> named = request.query("tenant");
        if (outcome instanceof TenantLogin.AsTenant as
                && profiles.find(as.tenant()).isPresent()) {
            return named.filter(name -> !name.equals(as.tenant().id())).isPresent()
                    ? notFound()
                    : turns.in(as.tenant(), () -> answer.apply(Optional.of(as.tenant())), () -> crowded(request));
        }
        if (!(outcome instanceof TenantLogin.AsOperator)) {
            return refused(outcome);
        }
        if (named.isEmpty()) {
            return answer.apply(Optional.empty());
        }
        Optional<Organisation> tenant = named.filter(Organisation::isId).map(Organisation::of);
        return tenant.flatMap(profiles::find).isPresent() ? answer.apply(tenant) : notFound();
    }

    private static HttpResponse crowded(HttpRequest request) {
        request.body().close();
        return Answers.problem(
                        429,
                        "batch.too_many_requests",
                        "Up to " + TenantTurns.MAX
                                + " requests of a tenant are answered concurrently; wait for some to end")
                .withHeader("Retry-After", "1");
    }

    private static HttpResponse refused(TenantLogin.Outcome outcome) {
        if (outcome instanceof TenantLogin.TooMany many) {
            return Answers.problem(429, "batch.too_many_logins", "Too many logins have failed; wait, then try again")
                    .withHeader(
                            "Retry-After",
                            Long.toString(
                                    Math.max(1, many.pause().plusMillis(999).toSeconds())));
        }
        if (outcome instanceof TenantLogin.Nobody nobody) {
            HttpResponse answer = Answers.problem(401, "batch.login_refused", "The login is not valid");
            HttpHeaders headers = answer.headers();
            for (String challenge : nobody.challenges()) {
                headers = headers.withAdded("WWW-Authenticate", challenge);
            }
            return answer.withHeaders(headers);
        }
        return Answers.problem(
                403, "batch.unknown_tenant", "There is no profile for this login; ask who runs the service");
    }

    private static HttpResponse notFound() {
        return Answers.problem(404, "batch.not_found", "There is nothing of this name or id");
    }

    private HttpResponse customer(Organisation tenant, HttpRequest request) {
        return profiles.find(tenant)
                .map(profile -> HttpResponse.json(
                        200,
                        ProfileJson.constraints(
                                        profile.constraints(),
                                        profile.schema().map(Schema::columns).orElse(List.of()))
                                .toString()))
                .orElseGet(BatchRoutes::notFound);
    }

    private HttpResponse list(Organisation tenant, HttpRequest request) {
        int limit = DEFAULT_LIMIT;
        Optional<String> asked = request.query("limit");
        if (asked.isPresent()) {
            if (!asked.get().matches("[1-9][0-9]{0,3}") || Integer.parseInt(asked.get()) > MAX_LIMIT) {
                return Answers.problem(400, "batch.bad_query", "limit must be a number from 1 to " + MAX_LIMIT);
            }
            limit = Integer.parseInt(asked.get());
        }
        Optional<String> before = request.query("before");
        if (before.isPresent() && find(tenant, before.get()).isEmpty()) {
            return notFound();
        }
        List<IngestedFile> found = files.files(tenant, before, limit);
        ObjectNode json = ProfileJson.JSON.createObjectNode();
        ArrayNode list = json.putArray("files");
        found.forEach(file -> list.add(Answers.json(file)));
        if (found.size() == limit) {
            json.put("next", found.get(found.size() - 1).id());
        }
        return HttpResponse.json(200, json.toString());
    }

    /** A file of that tenant. */
    private Optional<IngestedFile> find(Organisation tenant, String id) {
        return IngestedFile.isId(id)
                ? files.find(id).filter(file -> file.tenant().equals(tenant))
                : Optional.empty();
    }

    private HttpResponse file(Organisation tenant, HttpRequest request) {
        return find(tenant, request.part("id")).map(Answers::file).orElseGet(BatchRoutes::notFound);
    }

    private HttpResponse rejected(Organisation tenant, HttpRequest request) {
        return find(tenant, request.part("id"))
                .map(file -> HttpResponse.of(200)
                        .withHeader("Content-Type", "application/x-ndjson")
                        .withHeader("Content-Disposition", "attachment; filename=\"rejected-" + file.id() + ".jsonl\"")
                        .withBody(files.rejected(file.id()).orElse(HttpBody.empty())))
                .orElseGet(BatchRoutes::notFound);
    }

    private HttpResponse replay(Organisation tenant, HttpRequest request) {
        request.body().close();
        Optional<IngestedFile> file = find(tenant, request.part("id"));
        if (file.isEmpty()) {
            return notFound();
        }
        try {
            return Answers.file(files.replay(file.get().id()));
        } catch (KeywharfException e) {
            if (!e.is(Intake.NOT_REPLAYABLE)) {
                throw e;
            }
            return Answers.problem(409, e.code(), String.valueOf(e.getMessage()));
        }
    }

    private HttpResponse upload(Organisation tenant, HttpRequest request) {
        return uploads.resume(tenant.id(), request.part("id"), request);
    }

    /** Ends uploads that are under way; what has arrived of them stays. */
    @Override
    public void close() {
        uploads.close();
    }

    @Override
    public String toString() {
        return "BatchRoutes" + router.toString().substring("HttpRouter".length());
    }
}
