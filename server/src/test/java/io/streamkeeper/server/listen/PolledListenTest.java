package io.streamkeeper.server.listen;

/** Listeners of a server, by long-poll. */
class PolledListenTest extends ListenContract {
    @Override
    StreamSource source() {
        return RemoteStreams.at(SERVER.url()).executor(SERVER.executor()).withoutEvents();
    }
}
