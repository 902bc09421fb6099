package io.streamkeeper.server.cli;

import io.streamkeeper.server.config.ListenConfig;
import io.streamkeeper.server.config.Transport;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where the server listens and with what. */
final class ListenOptions {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "4437",
            description = "Port to listen on; 0 for any that is free. Default: ${DEFAULT-VALUE}")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Name or address to listen on; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}")
    private String host = "";

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "auto",
            converter = TransportName.class,
            description = "auto, epoll, io_uring or nio; auto takes epoll where it loads. Default: ${DEFAULT-VALUE}")
    private Transport transport = Transport.AUTO;

    @Option(
            names = "--shards",
            paramLabel = "COUNT",
            defaultValue = "0",
            description = "Event loops and shards; 0 for one for every two cores. Default: ${DEFAULT-VALUE}")
    private int shards;

    @Option(
            names = "--max-connections",
            paramLabel = "COUNT",
            defaultValue = "65536",
            description = "Connections at once; more are closed as they come. Default: ${DEFAULT-VALUE}")
    private int connectionsMax;

    ListenConfig config() {
        return new ListenConfig(host, port, transport, shards, connectionsMax);
    }

    /** Reads the name of a transport. */
    static final class TransportName implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String text) {
            try {
                return Transport.valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "'" + text + "' is not a transport; expected auto, epoll, io_uring or nio");
            }
        }
    }
}
