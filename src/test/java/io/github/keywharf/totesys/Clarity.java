package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.RunReport;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Listens to what a failing pipeline says: it must say what is wrong and what to do, and no secret. */
final class Clarity {

    private final List<String> secrets = new ArrayList<>();
    private String said = "";

    /** Something that nothing may say. */
    Clarity secret(String secret) {
        secrets.add(secret);
        return this;
    }

    /** Runs what must fail, and returns its failure, having listened to the logs. */
    KeywharfException failure(PipelineFixture fixture, Supplier<RunReport> run) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        fixture.events.clear();
        KeywharfException failure = null;
        try (PrintStream listening = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(listening);
            System.setErr(listening);
            RunReport report = run.get();
            listening.println("A run that should have failed: " + report);
        } catch (KeywharfException e) {
            failure = e;
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        this.said = said.toString(StandardCharsets.UTF_8);
        assertThat(failure).as(this.said).isNotNull();
        return failure;
    }

    /** Checks that a failure is clear, that it was reported to the listener, and that neither has a secret. */
    void check(PipelineFixture fixture, KeywharfException failure, String code, String... words) {
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.getMessage()).startsWith("[").contains(words).hasSizeLessThan(1_000);
        assertThat(failure.subject()).isNotBlank();
        assertThat(fixture.named("totesys.step.failed"))
                .as("the listener is called once")
                .singleElement()
                .satisfies(event -> assertThat(event.message()).endsWith(" failed: " + failure.getMessage()));
        assertThat(secrets).isNotEmpty();
        StringWriter all = new StringWriter();
        failure.printStackTrace(new PrintWriter(all, true));
        for (String secret : secrets) {
            assertThat(all.toString()).doesNotContain(secret);
            assertThat(said).doesNotContain(secret);
            fixture.events.forEach(event ->
                    assertThat(event.subject() + event.message() + event).doesNotContain(secret));
        }
    }
}
