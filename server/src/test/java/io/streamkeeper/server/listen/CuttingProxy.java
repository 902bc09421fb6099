package io.streamkeeper.server.listen;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * A network between a client and a server: it keeps its address while that of the server changes, and cuts connections
 * after a number of bytes from the server that its test chooses.
 */
public final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final LongSupplier bytesUntilCut;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile int port;

    private CuttingProxy(ServerSocket listener, LongSupplier bytesUntilCut) {
        this.listener = listener;
        this.bytesUntilCut = bytesUntilCut;
    }

    /** A network that never cuts; it has no server before {@link #leadTo}. */
    public static CuttingProxy start() throws IOException {
        return start(() -> Long.MAX_VALUE);
    }

    /** A network that cuts each connection after that many bytes from the server. */
    static CuttingProxy start(LongSupplier bytesUntilCut) throws IOException {
        CuttingProxy proxy =
                new CuttingProxy(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), bytesUntilCut);
        thread(proxy::accept);
        return proxy;
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** Leads new connections to that server. */
    public void leadTo(int newPort) {
        port = newPort;
    }

    /** The URL of {@code url} through this network. */
    public URI through(URI url) {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + url.getPath());
    }

    /** How many connections were cut. */
    int cuts() {
        return cuts.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                connect(client);
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        sockets.add(server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            close(client, server);
            return;
        }
        thread(() -> pipe(client, server, Long.MAX_VALUE));
        thread(() -> pipe(server, client, bytesUntilCut.getAsLong()));
    }

    private void pipe(Socket from, Socket to, long bytes) {
        byte[] buffer = new byte[8 << 10];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            long rest = bytes;
            while (rest > 0) {
                int count = in.read(buffer, 0, (int) Math.min(rest, buffer.length));
                if (count < 0) {
                    return;
                }
                out.write(buffer, 0, count);
                rest -= count;
            }
            cuts.incrementAndGet();
        } catch (IOException e) {
            // One side has closed the connection, so the other one is closed too.
        } finally {
            close(from, to);
        }
    }

    private void close(Socket... both) {
        for (Socket socket : both) {
            sockets.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        sockets.forEach(this::close);
    }
}
