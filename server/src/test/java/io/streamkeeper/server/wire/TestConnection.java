package io.streamkeeper.server.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.await.Patience;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One raw connection to a server; the test chooses the bytes that it sends, and responses are read strictly. */
public final class TestConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = (int) Patience.LIMIT.toMillis();

    private final Socket plain;

    /** The same with TLS, or the plain one. */
    private final Socket socket;

    private final WireInput input;

    public TestConnection(InetSocketAddress address) throws IOException {
        this(address, 0);
    }

    /** {@code receiveBytes} bounds what the kernel takes for a client that does not read; 0 leaves it as it is. */
    public TestConnection(InetSocketAddress address, int receiveBytes) throws IOException {
        this(address, receiveBytes, null);
    }

    /** With {@code tls}, a connection that begins with TLS. */
    TestConnection(InetSocketAddress address, int receiveBytes, @Nullable SSLSocketFactory tls) throws IOException {
        plain = new Socket();
        if (receiveBytes > 0) {
            plain.setReceiveBufferSize(receiveBytes);
        }
        plain.setTcpNoDelay(true);
        plain.setSoTimeout(TIMEOUT_MILLIS);
        plain.connect(address);
        socket = tls == null ? plain : tls.createSocket(plain, address.getHostString(), address.getPort(), true);
        input = new WireInput(new BufferedInputStream(socket.getInputStream()));
    }

    public WireInput input() {
        return input;
    }

    Socket socket() {
        return socket;
    }

    /** The port of this end. */
    int localPort() {
        return socket.getLocalPort();
    }

    // ---- sending ----

    public void send(String bytes) throws IOException {
        send(bytes.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends a request and does not wait. */
    public void request(String method, String target, String body, String... fields) throws IOException {
        send(requestText(method, target, body, fields));
    }

    /** A request as text, with the length of its body, also of an empty one where the method usually has a body. */
    public static String requestText(String method, String target, String body, String... fields) {
        StringBuilder text =
                new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: test\r\n");
        for (String field : fields) {
            text.append(field).append("\r\n");
        }
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        if (length > 0 || method.equals("POST") || method.equals("PUT")) {
            text.append("Content-Length: ").append(length).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }

    /** Sends nothing more; the other direction stays open. */
    public void endSending() throws IOException {
        socket.shutdownOutput();
    }

    // ---- receiving ----

    public Answer receive() throws IOException {
        return input.answer(false);
    }

    public Answer exchange(String method, String target, String body, String... fields) throws IOException {
        request(method, target, body, fields);
        return input.answer(method.equals("HEAD"));
    }

    /** Requests events and reads the head of the response, which must be an event stream. */
    public EventReader events(String target, String... fields) throws IOException {
        request("GET", target, "", fields);
        return receiveEvents();
    }

    public EventReader receiveEvents() throws IOException {
        Answer head = input.head();
        if (head.status() != 200) {
            throw new AssertionError("expected events, got " + head);
        }
        assertThat(head.field("Content-Type")).startsWith("text/event-stream");
        assertThat(head.field("Transfer-Encoding")).isEqualTo("chunked");
        return new EventReader(this, head);
    }

    /** Waits for the server to end the connection; it must send nothing more. */
    public void assertEnds() throws IOException {
        int read;
        try {
            read = socket.getInputStream().read();
        } catch (SocketException e) {
            read = -1;
        }
        assertThat(read)
                .as("what the server sent where it should have ended the connection")
                .isEqualTo(-1);
    }

    /** Closes the connection without the message of TLS, for which a thread that sends would be waited for. */
    @Override
    public void close() throws IOException {
        plain.close();
    }
}
