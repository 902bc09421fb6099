package io.streamkeeper.protocol.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between the members of a test: one way from each member to each other one, which has a port before the
 * member at its end has one, and can be cut. A cut way closes its connections, and accepts no others.
 */
public final class TestNetwork implements AutoCloseable {
    private final Map<String, Way> ways = new HashMap<>();

    /** Ways between the members of these names. */
    public TestNetwork(List<String> members) {
        for (String from : members) {
            for (String to : members) {
                ways.put(from + ">" + to, new Way());
            }
        }
    }

    /** The port at which {@code from} reaches {@code to}. */
    public int port(String from, String to) {
        return way(from, to).listener.getLocalPort();
    }

    private Way way(String from, String to) {
        Way way = ways.get(from + ">" + to);
        if (way == null) {
            throw new IllegalArgumentException(from + ">" + to);
        }
        return way;
    }

    /** Leads all ways to a member to its port. */
    public void lead(String to, int port) {
        ways.forEach((name, way) -> {
            if (name.endsWith(">" + to)) {
                way.port = port;
            }
        });
    }

    /** Cuts the ways from and to a member, or opens them. */
    public void cut(String member, boolean isCut) {
        ways.forEach((name, way) -> {
            if (name.startsWith(member + ">") || name.endsWith(">" + member)) {
                way.cut(isCut);
            }
        });
    }

    /** Cuts one way, or opens it. */
    public void cut(String from, String to, boolean isCut) {
        way(from, to).cut(isCut);
    }

    @Override
    public void close() {
        ways.values().forEach(Way::close);
    }

    private static final class Way {
        private final ServerSocket listener;
        private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
        private volatile int port;
        private volatile boolean isCut;

        Way() {
            try {
                listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            thread(this::accept);
        }

        private static void thread(Runnable task) {
            Thread thread = new Thread(task, "test-network");
            thread.setDaemon(true);
            thread.start();
        }

        void cut(boolean newCut) {
            isCut = newCut;
            if (newCut) {
                sockets.forEach(Way::closeQuietly);
            }
        }

        private void accept() {
            while (!listener.isClosed()) {
                try {
                    Socket from = listener.accept();
                    sockets.add(from);
                    if (isCut || port == 0) {
                        end(from);
                    } else {
                        connect(from);
                    }
                } catch (IOException e) {
                    // The member is not there, or the network ends.
                }
            }
        }

        private void connect(Socket from) {
            try {
                Socket to = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(to);
                thread(() -> copy(from, to));
                thread(() -> copy(to, from));
            } catch (IOException e) {
                end(from);
            }
        }

        private void copy(Socket from, Socket to) {
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                for (int count = in.read(buffer); count >= 0 && !isCut; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                }
            } catch (IOException e) {
                // An end of the connection.
            } finally {
                end(from);
                end(to);
            }
        }

        private void end(Socket socket) {
            sockets.remove(socket);
            closeQuietly(socket);
        }

        private static void closeQuietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed.
            }
        }

        void close() {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            cut(true);
        }
    }
}
