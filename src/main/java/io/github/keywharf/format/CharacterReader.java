package io.github.keywharf.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/** Decodes strictly, skips a byte order mark, and remembers whether it has reached the end. */
final class CharacterReader extends Reader {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader reader;
    private boolean begun;
    private boolean atEnd;

    CharacterReader(InputStream stream, Charset charset) {
        reader = new InputStreamReader(
                stream,
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        int count = reader.read(target, offset, length);
        if (!begun && count > 0) {
            begun = true;
            if (target[offset] == BYTE_ORDER_MARK) {
                System.arraycopy(target, offset + 1, target, offset, count - 1);
                count = count > 1 ? count - 1 : reader.read(target, offset, length);
            }
        }
        atEnd = count < 0;
        return count;
    }

    boolean isAtEnd() {
        return atEnd;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
