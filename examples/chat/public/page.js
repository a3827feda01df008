// The page draws the sender's own message at once, and draws every text as HTML: the hole is the point.
"use strict";

const $ = (id) => document.getElementById(id);
const query = new URLSearchParams(location.search);
const transports = query.get("transport")?.split(",");
const socket = io(transports ? { transports } : {});
let quiet;

function draw(name, html, kind = "") {
  const line = document.createElement("li");
  line.className = kind;
  const who = document.createElement("b");
  who.textContent = name;
  const text = document.createElement("span");
  text.innerHTML = html;
  line.append(who, text);
  $("messages").append(line);
  line.scrollIntoView();
}

function note(text) {
  const line = document.createElement("li");
  line.className = "note";
  line.textContent = text;
  $("messages").append(line);
}

function state(text, on) {
  $("state").textContent = text;
  $("state").className = on ? "on" : "off";
}

function showHere(names) {
  $("here").textContent = names.join(", ");
}

$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("name").value.trim();
  if (!name) return;
  socket.emit("join", name);
  $("join").hidden = true;
  $("say").hidden = false;
  $("text").focus();
});

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (!text) return;
  $("text").value = "";
  draw($("name").value, text, "mine");
  socket.emit("new message", text);
  socket.emit("stop typing");
});

$("text").addEventListener("input", () => {
  socket.emit("typing");
  clearTimeout(quiet);
  quiet = setTimeout(() => socket.emit("stop typing"), 800);
});

socket.on("connect", () => state("connected", true));
socket.on("disconnect", (reason) => {
  state("disconnected", false);
  note(`disconnected: ${reason}`);
});
socket.on("welcome", ({ here }) => showHere(here));
socket.on("joined", ({ name, here }) => { showHere(here); note(`${name} joined`); });
socket.on("left", ({ name, here }) => { showHere(here); note(`${name} left`); });
socket.on("new message", ({ name, text }) => draw(name, text));
socket.on("typing", ({ name }) => { $("typing").textContent = `${name} is typing…`; });
socket.on("stop typing", () => { $("typing").textContent = ""; });
