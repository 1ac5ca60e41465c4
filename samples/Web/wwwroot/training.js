// While a training runs, the page follows it; when it ends, the page is loaded again and shows what became of it.

const byId = id => document.getElementById(id)

if (byId('running')) {
  const source = new EventSource('training/events')
  let epochs = 0

  source.onmessage = event => {
    const tick = JSON.parse(event.data)
    if (!tick.isRunning) {
      source.close()
      location.replace('training')
      return
    }

    byId('message').textContent = tick.message
    if (tick.done === null) {
      byId('done').removeAttribute('value')
    } else {
      byId('done').value = tick.done
    }

    if (tick.epochs > epochs) {
      epochs = tick.epochs
      byId('last').textContent = tick.last
      drawCurves()
    }
  }

  source.onerror = () => { byId('message').textContent = 'The service does not answer. Trying again…' }
}

/** The server draws, as it does in the report. */
async function drawCurves() {
  const response = await fetch('training/curves').catch(() => null)
  if (response?.ok) {
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    byId('curves').replaceChildren(...page.body.childNodes)
  }
}
