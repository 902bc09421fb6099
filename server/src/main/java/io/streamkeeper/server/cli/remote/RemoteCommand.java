package io.streamkeeper.server.cli.remote;

import io.streamkeeper.client.http.BlockingRemoteStreams;
import io.streamkeeper.client.http.RemoteStreams;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command for streams: the flags that all of them have. */
abstract class RemoteCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Connection connection = new Connection();

    @SuppressWarnings("UnusedVariable")
    @Mixin
    private HelpFlag help = new HelpFlag();

    RemoteCommand(Console console) {
        this.console = console;
    }

    Console console() {
        return console;
    }

    /** The streams of the server that the flags or the environment name. */
    RemoteStreams streams() throws IOException {
        return connection.streams(console.environment());
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        run(streams().blocking());
        return ExitStatus.DONE.number();
    }

    /** Does what the command is for. */
    abstract void run(BlockingRemoteStreams streams) throws IOException, InterruptedException;
}
