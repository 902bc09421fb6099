package io.streamkeeper.tier;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and a server, and breaks their connections in the way that a test sets. */
final class FaultProxy implements AutoCloseable {
    /** What happens to connections. */
    enum Fault {
        NONE,
        /** Accepted, and closed at once. */
        CLOSED,
        /** Accepted, and never answered. */
        SILENT,
        /** Each request is answered with status 500. */
        ERROR,
        /** The answer is cut off after some bytes. */
        CUT,
        /** The request arrives, and its answer is thrown away. */
        ANSWER_LOST
    }

    private static final int CUT_BYTES = 700;

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = Fault.NONE;

    FaultProxy(URI server) throws IOException {
        this.port = server.getPort();
        start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** From now on, for new connections; those that are open are closed, if it is another one than before. */
    void fault(Fault newFault) {
        if (newFault != fault) {
            fault = newFault;
            open.forEach(FaultProxy::close);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                start(() -> serve(client, fault));
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void serve(Socket client, Fault now) {
        try {
            switch (now) {
                case CLOSED -> close(client);
                case SILENT -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                case ERROR -> refuse(client);
                case NONE, CUT, ANSWER_LOST -> pass(client, now);
            }
        } catch (IOException e) {
            close(client);
        }
    }

    private static void refuse(Socket client) throws IOException {
        client.getInputStream().read(new byte[64 << 10]);
        client.getOutputStream()
                .write("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        close(client);
    }

    private void pass(Socket client, Fault now) throws IOException {
        Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
        open.add(server);
        start(() -> copy(client, server, Long.MAX_VALUE));
        copy(server, client, now == Fault.NONE ? Long.MAX_VALUE : now == Fault.CUT ? CUT_BYTES : 0);
    }

    /** Copies at most so many bytes, and closes both; with 0 it waits for the first byte. */
    private static void copy(Socket from, Socket to, long bytesMax) {
        byte[] buffer = new byte[16 << 10];
        long left = bytesMax;
        try {
            InputStream in = from.getInputStream();
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                to.getOutputStream().write(buffer, 0, (int) Math.min(count, left));
                left -= count;
                if (left < 0) {
                    break;
                }
            }
        } catch (IOException e) {
            // The other side is closed, too.
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(FaultProxy::close);
    }
}
