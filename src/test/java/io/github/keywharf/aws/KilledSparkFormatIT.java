package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that gives objects their names is killed in the middle, more than once, and the next one ends its work. */
@Tag("each-jdk")
class KilledSparkFormatIT {
    private static final int OBJECTS = 10;

    @TempDir
    private Path directory;

    private static void fill(ObjectStore store) {
        for (int i = 0; i < OBJECTS; i++) {
            RunFolder.parquet(store, "run-1/part-" + i, "id-" + i);
            RunFolder.text(store, "run-1/text-" + i, "Id,Name\n" + i + ",Ada\n");
        }
    }

    private static SparkFormatReport ensure(ObjectStore store) {
        return new SparkFormat(store, "", "run-1", FlowFileType.CSV, EnumSet.of(SparkFormatOption.CONVERT))
                .run(store.list("run-1/"));
    }

    @Test
    void the_work_ends_as_if_no_process_had_been_killed() throws Exception {
        ObjectStore clean = ObjectStore.ofDirectory(directory.resolve("clean"));
        fill(clean);
        ensure(clean);
        ObjectStore store = ObjectStore.ofDirectory(directory.resolve("killed"));
        fill(store);

        for (int calls : new int[] {85, 60, 150}) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            KilledSparkFormatIT.class.getName(),
                            directory.resolve("killed").toString(),
                            String.valueOf(calls))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(child.exitValue()).isEqualTo(137);
        }
        assertThat(RunFolder.dataKeys(store)).isNotEqualTo(RunFolder.dataKeys(clean));

        assertThat(ensure(store).isComplete()).isTrue();
        assertThat(RunFolder.dataKeys(store)).isEqualTo(RunFolder.dataKeys(clean));
        for (String key : RunFolder.dataKeys(clean)) {
            assertThat(Parquet.reader(store, key).rows().toTable())
                    .hasToString(Parquet.reader(clean, key).rows().toTable().toString());
        }
    }

    /** What is killed; arguments are a directory and the number of the call at which it is. */
    public static void main(String[] arguments) {
        ensure(new CrashingStore(ObjectStore.ofDirectory(Path.of(arguments[0])), Integer.parseInt(arguments[1])) {
            @Override
            void happen() {
                try {
                    new ProcessBuilder(
                                    "kill",
                                    "-KILL",
                                    String.valueOf(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                    Thread.sleep(60_000);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
    }
}
