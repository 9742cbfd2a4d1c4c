// What a consent banner does; the first line may be called before the chat's script has loaded.
window.Onethread=window.Onethread||function(){(Onethread.q=Onethread.q||[]).push(arguments)};

document.getElementById("allow").addEventListener("click", () => Onethread("start"));
