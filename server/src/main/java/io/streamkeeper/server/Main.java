package io.streamkeeper.server;

import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.LiveConfig;
import io.streamkeeper.server.config.ServerConfig;
import io.streamkeeper.server.config.Transport;

/** The process. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        int port = 4437;
        Transport t = Transport.AUTO;
        LiveConfig live = LiveConfig.defaults();
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--port" -> port = Integer.parseInt(args[i + 1]);
                case "--transport" -> t = Transport.valueOf(args[i + 1].toUpperCase(java.util.Locale.ROOT));
                case "--long-poll-timeout" ->
                    live = new LiveConfig(Long.parseLong(args[i + 1].replace("s", "")) * 1000, 60000, 15000);
                default -> {}
            }
        }
        StreamServer server = StreamServer.start(ServerConfig.defaults()
                .withListen(new ListenConfig("127.0.0.1", port, t, 0, 65536))
                .withLive(live));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.stop();
            Runtime.getRuntime().halt(0);
        }));
        System.out.println("Streamkeeper 0.1.0-SNAPSHOT is ready on " + server.url());
        Thread.currentThread().join();
    }
}
