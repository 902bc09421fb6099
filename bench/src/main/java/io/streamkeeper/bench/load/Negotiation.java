package io.streamkeeper.bench.load;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Begins a connection after the handshake of TLS, if the server has chosen the wanted protocol. Owned by its channel. */
final class Negotiation extends ApplicationProtocolNegotiationHandler {
    private static final String HTTP_1_1 = "http/1.1";
    private static final String HTTP_2 = "h2";

    private final String wanted;
    private final Runnable begin;
    private final Consumer<Throwable> failed;

    Negotiation(Transport transport, Runnable begin, Consumer<Throwable> failed) {
        super(HTTP_1_1);
        this.wanted = protocol(transport);
        this.begin = begin;
        this.failed = failed;
    }

    private static String protocol(Transport transport) {
        return transport.isHttp2() ? HTTP_2 : HTTP_1_1;
    }

    /** What connections need that offer one protocol and trust every certificate and name. */
    static SslContext context(Transport transport) {
        try {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .endpointIdentificationAlgorithm(null)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            protocol(transport)))
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
        if (protocol.equals(wanted)) {
            begin.run();
        } else {
            failed.accept(new IOException("the server chose protocol " + protocol + "; expected " + wanted));
            context.close();
        }
    }

    /** Also reports a connection that ends during the handshake, for which the superclass has no method. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
            handshakeFailure(context, handshake.cause());
        }
        super.userEventTriggered(context, event);
    }

    @Override
    protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
        failed.accept(new IOException("the handshake of TLS failed: " + cause, cause));
        context.close();
    }
}
