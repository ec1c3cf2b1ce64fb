package io.github.keywharf.http.upload;

import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** A host: takes files into a directory, by owner and name. */
final class Shelf implements UploadReceiver {
    private final Path directory;
    private final List<UploadStart> started = new CopyOnWriteArrayList<>();
    private final List<FinishedUpload> completed = new CopyOnWriteArrayList<>();
    private volatile Function<UploadStart, UploadPermit> deciding = start -> UploadPermit.granted();
    private volatile Consumer<FinishedUpload> beforeMove = upload -> {};
    private volatile Consumer<FinishedUpload> afterMove = upload -> {};

    Shelf(Path directory) {
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Routes whose owners are what the header {@code X-Owner} says. */
    static HttpHandler routes(UploadServer uploads) {
        HttpHandler resume = request -> uploads.resume(owner(request), request.part("id"), request);
        return HttpRouter.builder()
                .post(
                        "/files/{name}",
                        request -> uploads.create(owner(request), request.part("name"), "/uploads/", request))
                .route("HEAD", "/uploads/{id}", resume)
                .route("PATCH", "/uploads/{id}", resume)
                .delete("/uploads/{id}", resume)
                .build();
    }

    private static String owner(HttpRequest request) {
        return request.header("X-Owner").orElse("anna");
    }

    Path file(String owner, String name) {
        return directory.resolve(owner + "-" + name.replace('/', '_'));
    }

    /** The content of anna's file. */
    byte[] content(String name) {
        try {
            return Files.readAllBytes(file("anna", name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return Files.exists(file("anna", name));
    }

    void decide(Function<UploadStart, UploadPermit> how) {
        deciding = how;
    }

    void beforeMove(Consumer<FinishedUpload> what) {
        beforeMove = what;
    }

    void afterMove(Consumer<FinishedUpload> what) {
        afterMove = what;
    }

    List<UploadStart> started() {
        return started;
    }

    /** The calls that ended well. */
    List<FinishedUpload> completed() {
        return completed;
    }

    @Override
    public UploadPermit begin(UploadStart start) {
        started.add(start);
        return deciding.apply(start);
    }

    @Override
    public HttpResponse complete(FinishedUpload upload) {
        beforeMove.accept(upload);
        try {
            if (Files.exists(upload.path())) {
                Files.move(upload.path(), file(upload.owner(), upload.name()), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        afterMove.accept(upload);
        completed.add(upload);
        return HttpResponse.json(201, "{\"length\":" + upload.length() + ",\"sha256\":\"" + upload.sha256() + "\"}")
                .withHeader("X-Shelf", "7");
    }
}
