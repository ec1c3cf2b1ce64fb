package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StatisticsPageTest {
    private static final String HTML = StatisticsPage.response().body().text(1 << 20);

    private static String within(String tag) {
        Matcher found = Pattern.compile("<" + tag + ">([\\s\\S]*?)</" + tag + ">").matcher(HTML);
        assertThat(found.find()).isTrue();
        String content = found.group(1);
        assertThat(found.find()).as("one " + tag).isFalse();
        return content;
    }

    private static String hash(String content) throws NoSuchAlgorithmException {
        return "'sha256-" + Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8)))
                + "'";
    }

    @Test
    void the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() throws NoSuchAlgorithmException {
        try (HttpResponse response = StatisticsPage.response()) {
            assertThat(response.header("Content-Security-Policy"))
                    .contains("default-src 'none'; style-src " + hash(within("style")) + "; script-src "
                            + hash(within("script"))
                            + "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            assertThat(response.header("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(response.header("Cache-Control")).contains("no-store");
        }
        assertThat(HTML).doesNotContain(" style=", " onclick=", " onload=", "/*style*/", "/*script*/");
    }

    @Test
    void the_page_loads_nothing_from_elsewhere_and_makes_no_markup_of_texts() {
        assertThat(HTML).doesNotContain("http://", "https://", "url(", "@import", "src=");
        assertThat(within("script"))
                .contains("fetch('statistics'")
                .doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(");
    }

    @Test
    void the_page_can_be_read_by_a_screen_reader_and_on_a_phone() {
        assertThat(HTML)
                .contains("<html lang=\"en\">", "<title>", "<caption>", "width=device-width", "role=\"status\"")
                .contains("prefers-color-scheme: dark", "cell.scope = scope");
    }
}
