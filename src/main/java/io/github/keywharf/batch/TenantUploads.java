package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.upload.FinishedUpload;
import io.github.keywharf.http.upload.UploadPermit;
import io.github.keywharf.http.upload.UploadReceiver;
import io.github.keywharf.http.upload.UploadRefused;
import io.github.keywharf.http.upload.UploadStart;
import io.github.keywharf.internal.Sha256;
import java.time.InstantSource;
import java.util.Optional;

/** Decides by a tenant's constraints what it may upload, and hands over what has arrived. */
final class TenantUploads implements UploadReceiver {
    private static final int TOO_LARGE = 413;
    private static final int NOT_ALLOWED = 422;
    private static final int ID_DIGITS = 32;

    private final TenantProfiles profiles;
    private final ReceivedFiles files;
    private final InstantSource clock;

    TenantUploads(TenantProfiles profiles, ReceivedFiles files, InstantSource clock) {
        this.profiles = profiles;
        this.files = files;
        this.clock = clock;
    }

    @Override
    public UploadPermit begin(UploadStart start) {
        Organisation tenant = Organisation.of(start.owner());
        FileConstraints constraints = constraints(tenant);
        long bytes = start.length().orElse(0);
        constraints.refusal(start.name(), bytes).ifPresent(refusal -> {
            throw refused(refusal);
        });
        Optional<IngestedFile> same = start.sha256().flatMap(digest -> files.findContent(tenant, start.name(), digest));
        if (same.isPresent()) {
            return UploadPermit.answered(HttpResponse.json(
                    200,
                    Answers.json(same.get())
                            .put("state", "duplicate")
                            .put(
                                    "reason",
                                    "received before, and is "
                                            + same.get().state().name().toLowerCase(java.util.Locale.ROOT))
                            .toString()));
        }
        if (!files.hasRoom(tenant)) {
            throw UploadRefused.of(
                    429,
                    "batch.too_many_records",
                    "The platform keeps records of so many files of this tenant that it takes no more until some are old"
                            + " enough to be removed; ask who runs the service");
        }
        new Quota(files.waiting(tenant), files.bytesOn(tenant, LedgerView.day(clock.instant())))
                .refusal(constraints, bytes)
                .ifPresent(refusal -> {
                    throw refused(refusal);
                });
        return UploadPermit.upTo(constraints.dataSizes() * 1_024);
    }

    private FileConstraints constraints(Organisation tenant) {
        return profiles.find(tenant)
                .map(TenantProfile::constraints)
                .orElseThrow(() ->
                        UploadRefused.of(403, "batch.unknown_tenant", "There is no profile for this tenant any more"));
    }

    private static UploadRefused refused(Refusal refusal) {
        int status = refusal.constraint().equals("data_sizes") ? TOO_LARGE : NOT_ALLOWED;
        return UploadRefused.of(status, "batch.refused", refusal.message(), refusal.constraint());
    }

    @Override
    public HttpResponse complete(FinishedUpload upload) {
        Organisation tenant = Organisation.of(upload.owner());
        constraints(tenant);
        IngestedFile file = files.receive(tenant, fileId(upload.id()), upload.name(), upload.path(), upload.sha256());
        return Answers.file(file);
    }

    /** The same for the same upload, and of no use to whoever wants to guess the upload's address. */
    private static String fileId(String uploadId) {
        return Sha256.hexOf("file of upload " + uploadId).substring(0, ID_DIGITS);
    }
}
