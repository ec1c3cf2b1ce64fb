package io.github.keywharf.http.jetty;

import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 over TLS that sends whatever frames it likes, and takes what comes. */
final class RawHttp2Client implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int UNKNOWN = 0x7f;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final SSLSocket socket;
    private final DataOutputStream out;
    private final String authority;
    private final List<Integer> begunStreams = new CopyOnWriteArrayList<>();
    private final List<Integer> endedStreams = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> end;

    /** Connects, with a window for the responses' bodies of that many bytes each. */
    RawHttp2Client(URI server, int window) throws IOException {
        authority = server.getAuthority();
        socket = (SSLSocket) TlsConfig.ofSystem()
                .withTrust(TestCertificates.authority())
                .open()
                .getSocketFactory()
                .createSocket(server.getHost(), server.getPort());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setTcpNoDelay(true);
        socket.startHandshake();
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[] {
            0, INITIAL_WINDOW_SIZE, (byte) (window >> 24), (byte) (window >> 16), (byte) (window >> 8), (byte) window
        });
        end = Background.run(this::read);
    }

    private void read() {
        try {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                in.readFully(new byte[length]);
                if (type == HEADERS) {
                    begunStreams.add(stream);
                }
                if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                    endedStreams.add(stream);
                }
            }
        } catch (EOFException e) {
            // The server has closed the connection.
        } catch (IOException e) {
            // It has cut it.
        }
    }

    private synchronized void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream frame = new DataOutputStream(bytes);
        frame.writeByte(payload.length >> 16);
        frame.writeShort(payload.length);
        frame.writeByte(type);
        frame.writeByte(flags);
        frame.writeInt(stream);
        frame.write(payload);
        out.write(bytes.toByteArray());
        out.flush();
    }

    /** Begins a request on a stream, which has an odd number; a POST stays open. */
    void request(int stream, String method, String path) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        // Numbers of HPACK's static table: methods and the scheme as a whole, path and authority as names.
        block.write(method.equals("POST") ? 0x83 : 0x82);
        block.write(0x87);
        literal(block, 4, path);
        literal(block, 1, authority);
        frame(HEADERS, END_HEADERS | (method.equals("POST") ? 0 : END_STREAM), stream, block.toByteArray());
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) throws IOException {
        block.write(name);
        block.write(value.length());
        block.write(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** A byte of a request's body. */
    void sendByte(int stream) throws IOException {
        frame(DATA, 0, stream, new byte[1]);
    }

    /** Takes one byte more of a response's body. */
    void takeByte(int stream) throws IOException {
        frame(WINDOW_UPDATE, 0, stream, new byte[] {0, 0, 0, 1});
    }

    void ping() throws IOException {
        frame(PING, 0, 0, new byte[8]);
    }

    /** Sends 16 KiB that belong to no request, in a frame of a kind that servers have to ignore. */
    void sendNonsense() throws IOException {
        frame(UNKNOWN, 0, 0, new byte[16 * 1024]);
    }

    /** Whether the headers of a response have come. */
    boolean hasBegun(int stream) {
        return begunStreams.contains(stream);
    }

    /** Whether the end of a response has come. */
    boolean hasEnded(int stream) {
        return endedStreams.contains(stream);
    }

    /** Whether the server has ended the connection. */
    boolean isCut() {
        return end.isDone();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
