// Preloaded into a Node program that tests start: it listens on loopback whatever it asks for, and reaches nothing else.
"use strict";

const net = require("node:net");

const LOOPBACK = /^(127\.|::1$|localhost$)/;
const { listen } = net.Server.prototype;
const { connect } = net.Socket.prototype;

net.Server.prototype.listen = function (...given) {
  const asked = typeof given[0] === "object" && given[0] !== null ? given[0] : { port: given[0] };
  const done = given.find((each) => typeof each === "function");
  return listen.call(this, { ...asked, host: "127.0.0.1" }, done);
};

net.Socket.prototype.connect = function (...given) {
  const first = Array.isArray(given[0]) ? given[0][0] : given[0];
  const host = typeof first === "object" ? first.host : given[1];
  if (host !== undefined && !LOOPBACK.test(host)) {
    return this.destroy(new Error(`a test tried to reach ${host}: tests speak to loopback only`));
  }
  return connect.apply(this, given);
};
