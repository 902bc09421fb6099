package io.streamkeeper.server.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.streamkeeper.protocol.await.Patience;
import io.streamkeeper.server.tls.Identities;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection of HTTP/2, of which the test chooses every frame. */
public final class FrameClient implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    public static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int FLOW_CONTROL_ERROR = 3;
    static final int STREAM_CLOSED = 5;
    static final int FRAME_SIZE_ERROR = 6;
    static final int REFUSED_STREAM = 7;
    static final int COMPRESSION_ERROR = 9;
    static final int ENHANCE_YOUR_CALM = 11;

    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    private static final int TIMEOUT_MILLIS = (int) Patience.LIMIT.toMillis();

    private final Socket plain = new Socket();
    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final List<Frame> unread = new ArrayList<>();

    /** A frame that the server has sent. */
    public record Frame(int type, int flags, int stream, ByteBuffer content, Map<String, String> fields) {
        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** The error of a frame that ends a stream or the connection. */
        int error() {
            return content.getInt(type == GOAWAY ? 4 : 0);
        }

        byte[] bytes() {
            byte[] bytes = new byte[content.limit()];
            content.duplicate().rewind().get(bytes);
            return bytes;
        }
    }

    private FrameClient(@Nullable InetSocketAddress from, InetSocketAddress address, boolean isTls) throws IOException {
        plain.bind(from);
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(TIMEOUT_MILLIS);
        plain.connect(address);
        socket = isTls ? tls(address) : plain;
        in = new DataInputStream(socket.getInputStream());
    }

    private SSLSocket tls(InetSocketAddress address) throws IOException {
        SSLSocket tls = (SSLSocket) Identities.client(null)
                .getSocketFactory()
                .createSocket(plain, address.getHostString(), address.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        if (!tls.getApplicationProtocol().equals("h2")) {
            throw new IOException("the server has chosen " + tls.getApplicationProtocol());
        }
        return tls;
    }

    /** A connection on which nothing is sent. */
    static FrameClient silent(TestServer server) throws IOException {
        return silent(server.server().address(), server.isTls());
    }

    public static FrameClient silent(InetSocketAddress address, boolean isTls) throws IOException {
        return new FrameClient(null, address, isTls);
    }

    /** A connection from the address {@code from}, without TLS. */
    public static FrameClient from(InetSocketAddress from, InetSocketAddress address) throws IOException {
        return new FrameClient(from, address, false);
    }

    /** A connection that has begun, with {@code settings}: pairs of an identifier and a value. */
    static FrameClient begun(TestServer server, int... settings) throws IOException {
        return silent(server).begin(settings);
    }

    /** Sends the preface and {@code settings}. */
    public FrameClient begin(int... settings) throws IOException {
        write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        settings(settings);
        return this;
    }

    // ---- sending ----

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    static byte[] frame(int type, int flags, int stream, byte[] content) {
        return ByteBuffer.allocate(9 + content.length)
                .putShort((short) (content.length >> 8))
                .put((byte) content.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(content)
                .array();
    }

    public void send(int type, int flags, int stream, byte... content) throws IOException {
        write(frame(type, flags, stream, content));
    }

    void settings(int... pairs) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(pairs.length / 2 * 6);
        for (int i = 0; i < pairs.length; i += 2) {
            content.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
        send(SETTINGS, 0, 0, content.array());
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    void window(int stream, int bytes) throws IOException {
        send(WINDOW_UPDATE, 0, stream, number(bytes));
    }

    void reset(int stream, int error) throws IOException {
        send(RST_STREAM, 0, stream, number(error));
    }

    /** A block of fields: names and values in turn. */
    byte[] block(String... fields) {
        ByteBuf block = Unpooled.buffer();
        try {
            for (int i = 0; i < fields.length; i += 2) {
                // One by one, because the encoder would change their order.
                encoder.encodeHeaders(1, new DefaultHttp2Headers(false).add(fields[i], fields[i + 1]), block);
            }
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return ByteBufUtil.getBytes(block);
    }

    /** The fields of a request in turn; a line {@code Host} among {@code more} becomes {@code :authority}. */
    static String[] fields(String method, String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", method, ":scheme", "http", ":authority", "test", ":path", path));
        for (String field : more) {
            String[] parts = field.split(": ?", 2);
            if (parts[0].equals("Host")) {
                all.set(5, parts[1]);
            } else {
                all.addAll(List.of(parts));
            }
        }
        for (int i = 8; i < all.size(); i += 2) {
            all.set(i, all.get(i).toLowerCase(Locale.ROOT));
        }
        return all.toArray(String[]::new);
    }

    public void request(int stream, String method, String path, @Nullable String body, String... more)
            throws IOException {
        int flags = END_HEADERS | (body == null ? END_STREAM : 0);
        byte[] head = frame(HEADERS, flags, stream, block(fields(method, path, more)));
        byte[] rest =
                body == null ? new byte[0] : frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8));
        byte[] all = Arrays.copyOf(head, head.length + rest.length);
        System.arraycopy(rest, 0, all, head.length, rest.length);
        write(all);
    }

    // ---- receiving ----

    private Frame receive() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] content = new byte[length];
        in.readFully(content);
        return new Frame(
                type, flags, stream, ByteBuffer.wrap(content), type == HEADERS ? decode(stream, content) : Map.of());
    }

    /** The next frame that is not about settings or windows; null when the server has ended the connection. */
    @Nullable
    public Frame next() throws IOException {
        if (!unread.isEmpty()) {
            return unread.remove(0);
        }
        try {
            Frame frame = receive();
            while (frame.type() == SETTINGS || frame.type() == WINDOW_UPDATE) {
                frame = receive();
            }
            return frame;
        } catch (EOFException | SocketException e) {
            return null;
        }
    }

    /** The next frame of a type; others are dropped. */
    public Frame await(int type) throws IOException {
        for (Frame frame = next(); frame != null; frame = next()) {
            if (frame.type() == type) {
                return frame;
            }
        }
        throw new EOFException("the connection ended without a frame of type " + type);
    }

    private Map<String, String> decode(int stream, byte[] block) {
        try {
            Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block))
                    .forEach(field -> fields.put(
                            field.getKey().toString(), field.getValue().toString()));
            return fields;
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The next head of a stream; frames of other streams are kept. */
    public Answer head(int stream) throws IOException {
        List<Frame> others = new ArrayList<>();
        for (Frame frame = next(); frame != null; frame = next()) {
            if (frame.type() == HEADERS && frame.stream() == stream) {
                unread.addAll(0, others);
                Map<String, String> fields = frame.fields();
                return new Answer(Integer.parseInt(fields.get(":status")), fields, new byte[0]);
            }
            others.add(frame);
        }
        throw new EOFException("the connection ended without a head of stream " + stream + ": " + others);
    }

    /** The response of a stream; frames of other streams are dropped. */
    Answer answer(int stream) throws IOException {
        Map<String, String> fields = Map.of(":status", "0");
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Frame frame = next(); frame != null; frame = next()) {
            if (frame.type() == GOAWAY || (frame.type() == RST_STREAM && frame.stream() == stream)) {
                throw new EOFException("type " + frame.type() + ", error " + frame.error());
            }
            if (frame.stream() != stream) {
                continue;
            }
            if (frame.type() == HEADERS) {
                fields = frame.fields();
            } else {
                body.write(frame.bytes());
            }
            if (frame.endsStream()) {
                return new Answer(Integer.parseInt(fields.get(":status")), fields, body.toByteArray());
            }
        }
        throw new EOFException("the connection ended before the response of stream " + stream);
    }

    public Answer exchange(int stream, String method, String path, @Nullable String body, String... more)
            throws IOException {
        request(stream, method, path, body, more);
        return answer(stream);
    }

    /** Ends the client's side of the connection. */
    void endOutput() throws IOException {
        plain.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
