package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileErrorsTest {

    enum Format {
        CSV,
        JSON_LINES,
        PARQUET;

        void read(Path path) {
            Rows rows = switch (this) {
                case CSV -> Csv.reader(path).rows();
                case JSON_LINES -> JsonLines.reader(path).rows();
                case PARQUET -> Parquet.reader(path).rows();
            };
            rows.close();
        }

        void write(Path path) {
            RowSink sink = switch (this) {
                case CSV -> Csv.writer(path).sink();
                case JSON_LINES -> JsonLines.writer(path).sink();
                case PARQUET -> Parquet.writer(path).sink();
            };
            byte[] text = "id\n1\n".getBytes(StandardCharsets.UTF_8);
            sink.write(Csv.reader("text", () -> new ByteArrayInputStream(text)).rows());
        }
    }

    @TempDir
    Path directory;

    private static void assertError(ThrowingCallable call, String code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource
    void a_missing_file_is_named_with_its_absolute_path(Format format) {
        Path file = Path.of("peple." + format);

        assertError(
                () -> format.read(file),
                "format.not_found",
                "[" + file + "] does not exist; check the path " + file.toAbsolutePath());
    }

    @ParameterizedTest
    @EnumSource
    void a_directory_is_neither_read_nor_replaced(Format format) {
        String message = "[" + directory + "] is a directory, not a file; check the path " + directory;

        assertError(() -> format.read(directory), "format.not_a_file", message);
        assertError(() -> format.write(directory), "format.not_a_file", message);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void a_missing_folder_is_named_when_a_file_is_written_into_it(Format format) {
        Path folder = directory.resolve("out");
        Path file = folder.resolve("rows");

        assertError(
                () -> format.write(file),
                "format.not_found",
                "[" + file + "] cannot be written: the folder " + folder + " does not exist; create it");
    }

    @Test
    void the_reason_of_a_stream_that_fails_is_in_the_message() throws Exception {
        InputStream closed = InputStream.nullInputStream();
        closed.close();

        assertError(
                () -> Csv.reader("upload.csv", () -> closed).rows(),
                "format.read_failed",
                "[upload.csv] could not be read: Stream closed");
    }
}
