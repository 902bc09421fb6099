package io.streamkeeper.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.server.DurableStreamsServer;
import io.streamkeeper.server.config.DataConfig.Durability;
import io.streamkeeper.server.config.ServerConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A server, and the commands that are run on it. */
final class CommandRig implements AutoCloseable {
    private final DurableStreamsServer server;
    private String url;

    private CommandRig(DurableStreamsServer server) {
        this.server = server;
        this.url = server.url();
    }

    static CommandRig start() throws IOException {
        return new CommandRig(DurableStreamsServer.start(ServerConfig.builder()
                .listen(listen -> listen.port(0).shards(2))
                .data(data -> data.durability(Durability.MEMORY))
                .build()));
    }

    /** What a command did. */
    record Ran(int status, String out, String err) {}

    String url() {
        return url;
    }

    /** Runs the next commands on another server. */
    void use(String other) {
        url = other;
    }

    Ran run(String... args) {
        return run(new byte[0], args);
    }

    Ran run(byte[] input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        return run(input, out, args);
    }

    Ran run(byte[] input, OutputStream out, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = RemoteCommands.run(
                args,
                Map.of("DS_URL", url),
                new ByteArrayInputStream(input),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8));
        String printed = out instanceof ByteArrayOutputStream bytes ? bytes.toString(StandardCharsets.UTF_8) : "";
        return new Ran(status, printed, err.toString(StandardCharsets.UTF_8));
    }

    /** Runs a command that succeeds and prints nothing. */
    void done(String... args) {
        assertThat(run(args)).isEqualTo(new Ran(0, "", ""));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        server.stop();
    }
}
