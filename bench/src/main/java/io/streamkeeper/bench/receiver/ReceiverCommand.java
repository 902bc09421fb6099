package io.streamkeeper.bench.receiver;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a {@link Receiver} until the process is killed, and prints each second in which webhooks arrived. */
@Command(
        name = "receiver",
        mixinStandardHelpOptions = true,
        description = "Runs a receiver of webhooks that answers at once, and prints how many arrive in each second.")
public final class ReceiverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--port", required = true, description = "The port on the loopback interface.")
    private int port;

    @Option(
            names = "--answer",
            defaultValue = "DONE",
            description = "The answer to each webhook: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
    private Receiver.Answer answer = Receiver.Answer.DONE;

    @Override
    public Integer call() throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        LongAdder count = new LongAdder();
        try (Receiver receiver = Receiver.start(group, port, answer, body -> count.increment())) {
            print("receives webhooks at " + receiver.url());
            group.scheduleAtFixedRate(() -> print(count), 1, 1, TimeUnit.SECONDS);
            receiver.await();
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        return 0;
    }

    private void print(LongAdder count) {
        long arrived = count.sumThenReset();
        if (arrived > 0) {
            print(arrived + " webhooks/s");
        }
    }

    private void print(String line) {
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
    }
}
