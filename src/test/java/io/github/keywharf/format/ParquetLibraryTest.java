package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParquetLibraryTest {

    @ParameterizedTest
    @CsvSource({
        "LZ4, lz4-java-1.13.0.jar, at.yawk.lz4:lz4-java:1.13.0",
        "LZ4_RAW, lz4-java-1.13.0.jar, at.yawk.lz4:lz4-java:1.13.0",
        "BROTLI, dec-0.1.2.jar, org.brotli:dec:0.1.2"
    })
    void a_codec_without_its_library_names_the_coordinates(String codec, String jar, String coordinates)
            throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.endsWith(jar)) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> codecs = loader.loadClass(CompressionCodecName.class.getName());
            Method check = loader.loadClass(ParquetDecompression.class.getName())
                    .getDeclaredMethod("check", codecs, String.class);
            check.setAccessible(true);
            Object value = codecs.getMethod("valueOf", String.class).invoke(null, codec);

            assertThatThrownBy(() -> check.invoke(null, value, "a.parquet"))
                    .cause()
                    .hasMessage("[a.parquet] is compressed with " + codec
                            + ", whose library is not on the class path; add " + coordinates);
        }
    }
}
