package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.GoldenCopies;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** States and kept answers of uploads of version 0.1.0 are read, and written no differently. */
class GoldenUploadsTest {
    private static final Instant AT = Instant.parse("2026-03-01T10:20:30.405060708Z");
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final UploadState RECEIVING = UploadState.begin(
                    new UploadState.Creation(ID, "acme", "Übersicht \"2026\"\\.csv", 1L << 50, null), AT)
            .withOffset(1L << 40, AT);

    @Test
    void states_are_read_and_written_as_before() {
        check("uploads/receiving.json", RECEIVING);
        check("uploads/receiving-of-length.json", RECEIVING.withLength(1L << 41));
        String sha256 = "a".repeat(64);
        UploadState finished = UploadState.begin(new UploadState.Creation(ID, "acme", "a.csv", 6, sha256), AT)
                .finished(6, new UploadState.Arrival(5, sha256), AT);
        check("uploads/finished.json", finished);
        check("uploads/completed.json", finished.withPhase(UploadState.Phase.COMPLETED, AT.plusSeconds(1)));
        check("uploads/refused.json", finished.withPhase(UploadState.Phase.REFUSED, AT.plusSeconds(1)));
    }

    private static void check(String name, UploadState state) {
        GoldenCopies.assertSameJson(name, UploadState.FORMAT.write(state));
        assertThat(UploadState.FORMAT.read("upload", GoldenCopies.read(name))).isEqualTo(state);
    }

    @Test
    void answers_are_read_and_written_as_before() {
        check(
                "uploads/answer.json",
                HttpResponse.of(409)
                        .withHeaders(HttpHeaders.of(List.of(
                                new HttpHeaders.Field("Content-Type", "application/problem+json"),
                                new HttpHeaders.Field("Set-X", "a"),
                                new HttpHeaders.Field("Set-X", "b \"quoted\""))))
                        .withBody(HttpBody.of("{\"title\":\"ü\"}".getBytes(StandardCharsets.UTF_8))));
        check("uploads/answer-bare.json", HttpResponse.of(204));
    }

    @Test
    void no_header_of_an_answer_is_printed() {
        HttpResponse answer = HttpResponse.of(201).withHeader("Set-Cookie", "session=hunter2");

        assertThat(KeptAnswer.of(answer)).hasToString("KeptAnswer[201]");
    }

    private static void check(String name, HttpResponse answer) {
        GoldenCopies.assertWritten(name, KeptAnswer.FORMAT.write(KeptAnswer.of(answer)));
        HttpResponse read =
                KeptAnswer.FORMAT.read("answer", GoldenCopies.read(name)).response();
        assertThat(read.status()).isEqualTo(answer.status());
        assertThat(read.headers().fields()).isEqualTo(answer.headers().fields());
        assertThat(read.body().bytes(1000)).isEqualTo(answer.body().bytes(1000));
    }
}
